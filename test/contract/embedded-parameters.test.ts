import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bindText } from '../../src/adapters/clickhouse/bind.ts'
import type { Connections } from '../../src/adapters/clickhouse/connect.ts'
import { openEngine } from '../support/engines.ts'

/** Parameters are written into statements of the embedded engine: what comes out must be what went in. */

let connections: Connections

beforeAll(async () => {
  ;({ connections } = await openEngine('embedded'))
})
afterAll(() => connections.close())

async function echo(type: string, value: unknown): Promise<unknown> {
  const answer = await connections.readers[0]?.query({
    query: `select {value:${type}} as value, toTypeName(value) as type`,
    query_params: { value },
    format: 'JSONEachRow',
  })
  const [row] = (await answer?.json<{ value: unknown; type: string }>()) ?? []
  expect(row?.type).toBe(type)
  return row?.value
}

/** Texts that could end a literal, a cast or a statement, and others. */
const hostile = fc.oneof(
  fc.stringMatching(/^['\\\0{}()[\];\-\n\t,]{0,12}$/),
  fc.constantFrom("'); drop table samples; --", "\\'", '{value:String}', '$&', "$'", '\\0', '\0a'),
  fc.string({ unit: 'grapheme' }),
)

test('a text comes through as it is, alone and in a list', async () => {
  const property = fc.asyncProperty(fc.array(hostile, { maxLength: 5 }), async texts => {
    expect(await echo('Array(String)', texts)).toEqual(texts)
    for (const text of texts) expect(await echo('String', text)).toBe(text)
  })
  await fc.assert(property, { numRuns: 60 })
})

test('numbers come through to the last digit, as numbers and as text', async () => {
  const property = fc.asyncProperty(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    async number => {
      expect(await echo('Float64', number)).toBe(number + 0)
      expect(await echo('Float64', String(number).replace('+', ''))).toBe(number + 0)
    },
  )
  await fc.assert(property, { numRuns: 100 })
  expect(await echo('UInt64', '18446744073709551615')).toBe('18446744073709551615')
  expect(await echo('Array(Int64)', [-1, 0, '9007199254740993'])).toEqual([
    '-1',
    '0',
    '9007199254740993',
  ])
})

test('instants, truth and empty lists keep their types', async () => {
  expect(await echo("DateTime64(3, 'UTC')", '2026-02-28 23:59:59.999')).toBe(
    '2026-02-28 23:59:59.999',
  )
  expect(await echo("Array(DateTime('UTC'))", ['2026-02-28 23:00:00'])).toEqual([
    '2026-02-28 23:00:00',
  ])
  expect(await echo('Bool', true)).toBe(true)
  expect(await echo('Array(UInt64)', [])).toEqual([])
})

test('a name is a plain word or nothing', () => {
  expect(bindText('from {table:Identifier}', { table: 'samples' })).toBe('from samples')
  expect(() => bindText('from {table:Identifier}', { table: 'a, b' })).toThrow('plain words')
})

test('what has no value is asked for by the engine, and what is no value is refused', async () => {
  const query = 'select {other:String}'
  const call = connections.readers[0]?.query({ query, query_params: { value: 1 } })
  await expect(call).rejects.toThrow('other')
  for (const value of [undefined, null, {}, Number.NaN, [undefined]]) {
    await expect(echo('Array(String)', value)).rejects.toThrow('a parameter of type')
  }
})

test('statements with parameters do not wait for each other', async () => {
  const [one, other] = [connections.readers[0], connections.readers[1]]
  const order: string[] = []
  const long = one
    ?.command({
      query: 'select count() from numbers({n:UInt64}) where cityHash64(number) = 1',
      query_params: { n: 300_000_000 },
    })
    .then(() => order.push('long'))
  await other?.command({ query: 'select {n:UInt64}', query_params: { n: 1 } })
  order.push('short')
  await long
  expect(order).toEqual(['short', 'long'])
})
