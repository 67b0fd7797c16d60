import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode } from '../../../../src/adapters/files/decode.ts'
import { locateFault } from '../../../../src/adapters/files/locate-fault.ts'
import { positionOf } from '../../../../src/domain/body-fault.ts'
import { type BodyFormat, type DecodedRecord, recordsOf } from '../../../../src/ports/intake.ts'
import { inChunks } from '../../../support/intake.ts'

const bounds = { record_bytes_max: 1000, raw_bytes_kept: 10, body_bytes_max: 100_000 }

interface Decoded {
  readonly records: DecodedRecord[]
  readonly fault: unknown
}

async function read(
  body: string | Uint8Array,
  format: BodyFormat = 'auto',
  size = 65_536,
  limits = bounds,
): Promise<Decoded> {
  const records: DecodedRecord[] = []
  try {
    for await (const block of decode(inChunks(body, size), format, limits)) {
      records.push(...(await recordsOf(block)))
    }
    return { records, fault: null }
  } catch (fault) {
    return { records, fault }
  }
}

/** Position and value, or position and reason. */
const shown = ({ records }: Decoded) =>
  records.map(record => [record.position, record.value ?? record.rejection?.reason])

describe('NDJSON', () => {
  test('a broken line n is one bad record; its neighbours are read', async () => {
    const body = '{"a":1}\n{"a":\n\n{"a":3}\r\n[1]\n7\n{"a":4,"b":{"c":1,"c":2}}\n{"a":5}'
    expect(shown(await read(body))).toEqual([
      [1, { a: 1 }],
      [2, 'malformed_json'],
      [4, { a: 3 }],
      [5, 'not_an_object'],
      [6, 'not_an_object'],
      [7, 'duplicate_key'],
      [8, { a: 5 }],
    ])
  })

  test('a broken first line is told from an object spread over lines', async () => {
    expect(shown(await read('{"a":1,\n{"a":2}\n'))).toEqual([
      [1, 'malformed_json'],
      [2, { a: 2 }],
    ])
    expect(shown(await read('{\n  "a": 1,\n  "b": {"c": 2}\n}\n'))).toEqual([
      [1, { a: 1, b: { c: 2 } }],
    ])
  })

  test('bare NaN is null, also negative; inside a text it stays; Infinity is no value', async () => {
    const body = '{"a":NaN,"b":-NaN,"c":"NaN"}\n{"a":Infinity}\n'
    expect(shown(await read(body))).toEqual([
      [1, { a: null, b: null, c: 'NaN' }],
      [2, 'malformed_json'],
    ])
  })

  test('Latin-1 bytes are one bad record with its bytes', async () => {
    const line = Buffer.from('{"a":"caf\u00e9"}', 'latin1')
    const body = Buffer.concat([Buffer.from('{"a":1}\n'), line, Buffer.from('\n\n{"a":3}')])
    const decoded = await read(body)
    expect(shown(decoded)).toEqual([
      [1, { a: 1 }],
      [2, 'invalid_utf8'],
      [4, { a: 3 }],
    ])
    expect(Buffer.from(decoded.records[1]?.raw ?? '').equals(line)).toBe(true)
  })

  test('a record beyond the bound keeps its beginning, its length and its hash', async () => {
    const decoded = await read(`{"a":1}\n{"x":"${'y'.repeat(5000)}"}\n{"a":3}`)
    expect(shown(decoded)).toEqual([
      [1, { a: 1 }],
      [2, 'record_too_large'],
      [3, { a: 3 }],
    ])
    expect(Buffer.from(decoded.records[1]?.raw ?? '').toString()).toBe('{"x":"yyyy')
    // 6 characters before the text, 5,000 in it, 2 after it.
    expect(decoded.records[1]?.rejection?.detail).toContain('has 5008 bytes of at most 1000')
  })

  test('nesting that would exhaust the stack is a bad record', async () => {
    const deep = `{"a":${'['.repeat(400)}${']'.repeat(400)}}`
    expect(shown(await read(`${deep}\n{"a":2}`))).toEqual([
      [1, 'nested_too_deep'],
      [2, { a: 2 }],
    ])
  })
})

describe('JSON arrays and objects', () => {
  test('values are cut by brackets, whatever their texts hold', async () => {
    const body = ' [ {"a":"]}\\""} ,\n {"b":[1,{"c":2}]}, 5 ] '
    expect(shown(await read(body))).toEqual([
      [1, { a: ']}"' }],
      [2, { b: [1, { c: 2 }] }],
      [3, 'not_an_object'],
    ])
    expect(shown(await read('[]'))).toEqual([])
  })

  // Bytes counted by hand from 0.
  test.each([
    ['[{"a":1},\n{"a":x},{"b":1}]', 15, 2],
    ['[{"a":1},]', 9, 1],
    ['[{"a":1} {"a":2}]', 9, 1],
    ['[{"a":1}] x', 10, 1],
    ['[{"a":1},\n{"a"', 14, 2],
    ['{"a":1', 6, 1],
    ['{"a":1,}', 7, 1],
    ['hello', 0, 1],
  ])('%j is malformed at byte %i, line %i', async (body, byte, line) => {
    expect(positionOf((await read(body)).fault)).toEqual({ byte, line })
  })

  test('what stands before the fault is read', async () => {
    expect(shown(await read('[{"a":1},{"a":2},{"a":]'))).toEqual([
      [1, { a: 1 }],
      [2, { a: 2 }],
    ])
  })
})

test.each([[''], [' \n\t '], ['\ufeff']])('a body of %j is empty', async body => {
  expect((await read(body)).fault).toMatchObject({ code: 'BODY_MALFORMED' })
})

describe('CSV', () => {
  test('rows that do not fit the header are bad records', async () => {
    const decoded = await read('A,B\n1,"x ""y"""\n1\n2,\u00e9\n', 'csv')
    expect(shown(decoded).sort()).toEqual([
      [2, { A: '1', B: 'x "y"' }],
      [3, 'malformed_csv'],
      [4, { A: '2', B: '\u00e9' }],
    ])
  })

  test('a table is known without being named; a column twice is a malformed body', async () => {
    expect(shown(await read('A,B\n1,2\n'))).toEqual([[2, { A: '1', B: '2' }]])
    expect((await read('A,A\n1,2\n', 'csv')).fault).toMatchObject({ code: 'BODY_MALFORMED' })
  })
})

describe('gzip', () => {
  const body = '{"a":1}\n{"a":2}\n'

  test('is told by its bytes, several members included', async () => {
    const members = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}')])
    expect(shown(await read(gzipSync(body)))).toEqual(shown(await read(members)))
  })

  test('cut off or damaged, it is malformed where the bytes end', async () => {
    const packed = gzipSync(body)
    const cut = await read(packed.subarray(0, 20))
    expect(positionOf(cut.fault)).toMatchObject({ byte: 20 })
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, 12, 20)
    expect((await read(damaged)).fault).toMatchObject({ code: 'BODY_MALFORMED' })
  })

  test('a small archive of much is stopped at the bound', async () => {
    const bomb = gzipSync(`{"a":"${'x'.repeat(200_000)}"}`)
    expect((await read(bomb)).fault).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })
})

const anyValue = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), {
  minKeys: 1,
  maxKeys: 4,
})

/** No generated record is too long for it. */
const wide = { ...bounds, record_bytes_max: 100_000 }

test('any records in any form and any chunks come out as they went in', async () => {
  const forms = [
    (values: object[]) => values.map(value => JSON.stringify(value)).join('\n'),
    (values: object[]) => JSON.stringify(values),
    (values: object[]) => JSON.stringify(values, null, 2),
    (values: object[]) => values.map(value => JSON.stringify(value, null, 1)).join('\n'),
  ]
  const property = fc.asyncProperty(
    fc.array(anyValue, { minLength: 1, maxLength: 6 }),
    fc.constantFrom(...forms),
    fc.integer({ min: 1, max: 40 }),
    fc.boolean(),
    async (values, form, size, packed) => {
      const text = form(values)
      const { records, fault } = await read(packed ? gzipSync(text) : text, 'auto', size, wide)
      expect(fault).toBeNull()
      expect(records.map(record => record.value)).toEqual(JSON.parse(JSON.stringify(values)))
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

test('valid JSON has no fault, and a prefix of it has one at its end or none', () => {
  const property = fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
    const text = JSON.stringify(value)
    expect(locateFault(text)).toBe(text.length)
    const prefix = text.slice(0, cut % (text.length + 1))
    expect(locateFault(prefix)).toBeLessThanOrEqual(prefix.length)
  })
  fc.assert(property, { numRuns: 500 })
})
