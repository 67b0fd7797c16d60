import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PRECISIONS } from '../../../../src/domain/accelerator.ts'
import {
  NUMBER_FIELDS,
  POWER_SCOPES,
  TEXT_FIELDS,
} from '../../../../src/domain/records/accelerator-fields.ts'
import { readSample } from '../../../../src/domain/records/accelerator-sample.ts'
import { acceleratorSampleSchema } from '../../../../src/domain/records/accelerator-schema.ts'

const NOW = Date.UTC(2026, 0, 1)
const limits = { min: Date.UTC(2015, 0, 1), max: NOW + 300_000, extra_characters_max: 200 }

const sample = (fields: object = {}): object => ({
  time: '2025-12-31T23:59:50Z',
  interval_s: 10,
  device_id: 'GPU-1',
  tenant_id: 'acme',
  accelerator: 'nvidia-h100-sxm5-80gb',
  ...fields,
})

function value(fields: object) {
  const read = readSample(sample(fields), limits)
  if (!read.ok) throw new Error(read.rejection.detail)
  return read.value
}

function reason(fields: object): string {
  const read = readSample(sample(fields), limits)
  return read.ok ? 'taken' : read.rejection.reason
}

describe('what is missing', () => {
  test.each([
    [9223372036854775794n.toString()],
    [2 ** 63],
    ['[N/A]'],
    ['N/A'],
    ['NULL'],
    ['NaN'],
    ['nan'],
    [''],
    ['[Not Supported]'],
    [null],
    // DCGM's float blank 2^47 and its 32-bit blank.
    [140737488355328],
    [2147483632],
  ])('%j in a gauge is null, never zero', blank => {
    expect(value({ power_w: blank, tensor_active: blank })).toMatchObject({
      power_w: null,
      tensor_active: null,
    })
  })

  test('a counter may pass through the 32-bit blank', () => {
    expect(value({ nvlink_tx_bytes: 2147483632 }).nvlink_tx_bytes).toBe(2147483632)
  })

  test.each([[null], [''], ['[N/A]'], ['NULL'], [undefined]])(
    'tenant %j is unattributed',
    blank => {
      expect(value({ tenant_id: blank }).tenant_id).toBe('')
    },
  )

  test.each(['time', 'interval_s', 'device_id', 'accelerator'])('%s is required', field => {
    expect(reason({ [field]: undefined })).toBe('missing_field')
    expect(reason({ [field]: '[N/A]' })).toBe('missing_field')
  })
})

test('numbers come as text, too; identifiers as whole numbers', () => {
  const read = value({
    power_w: ' 693.5 ',
    interval_s: '10',
    tensor_active: '4e-1',
    tenant_id: 12345,
  })
  expect(read).toMatchObject({
    power_w: 693.5,
    interval_s: 10,
    tensor_active: 0.4,
    tenant_id: '12345',
  })
})

test('defaults of the contract', () => {
  expect(value({})).toMatchObject({
    device_count: 1,
    slice: 1,
    power_scope: 'device',
    revision: 0,
    precision: '',
    extra: '',
  })
})

test.each([
  [{ interval_s: -1 }, 'out_of_range'],
  [{ interval_s: 0 }, 'out_of_range'],
  [{ interval_s: 3600.5 }, 'out_of_range'],
  [{ interval_s: 3600 }, 'taken'],
  [{ time: '1970-01-01T00:00:00Z' }, 'time_too_old'],
  [{ time: '2100-01-01T00:00:00Z' }, 'time_in_future'],
  [{ time: '2026-01-01T00:05:00Z' }, 'taken'],
  [{ time: '2026-01-01T00:05:00.001Z' }, 'time_in_future'],
  [{ time: '2025-02-30T00:00:00Z' }, 'time_invalid'],
  [{ time: 'yesterday' }, 'time_invalid'],
  [{ time: 1767225590 }, 'time_invalid'],
  [{ tensor_active: 1.0001 }, 'out_of_range'],
  [{ gpu_util: 97 }, 'out_of_range'],
  [{ power_w: -1 }, 'out_of_range'],
  [{ net_tx_bytes: -5 }, 'out_of_range'],
  [{ power_w: Number.POSITIVE_INFINITY }, 'out_of_range'],
  [{ power_w: 'Infinity' }, 'wrong_type'],
  [{ power_w: true }, 'wrong_type'],
  [{ power_w: { watts: 3 } }, 'wrong_type'],
  [{ power_w: '0x10' }, 'wrong_type'],
  [{ device_count: 0 }, 'out_of_range'],
  [{ device_count: 1.5 }, 'out_of_range'],
  [{ slice: 0 }, 'out_of_range'],
  [{ slice: 1.01 }, 'out_of_range'],
  [{ power_scope: 'rack' }, 'invalid_value'],
  [{ precision: 'fp12' }, 'invalid_value'],
  [{ revision: -1 }, 'out_of_range'],
  [{ device_id: 'x'.repeat(1025) }, 'field_too_long'],
  [{ device_id: 'x'.repeat(1_000_000) }, 'field_too_long'],
  [{ site: '\ud800' }, 'invalid_utf8'],
  [{ anything: 'x'.repeat(1_000_000) }, 'extra_too_large'],
  [{ anything: Number.POSITIVE_INFINITY }, 'out_of_range'],
])('%j is %s', (fields, expected) => {
  expect(reason(fields)).toBe(expected)
})

test('a percentage is refused with the hint that it is one', () => {
  const read = readSample(sample({ gpu_util: 97 }), limits)
  expect(read.ok ? '' : read.rejection.detail).toBe(
    '"gpu_util" is 97; it must be from 0 to 1; it looks like a percentage: divide by 100',
  )
})

test('unknown fields are kept in one spelling; content is not', () => {
  const read = value({ b: 1, a: { z: 1, y: 2 }, prompt: 'secret', __proto__x: 3, none: null })
  expect(read.extra).toBe('{"__proto__x":3,"a":{"y":2,"z":1},"b":1,"prompt":"(content, not kept)"}')
})

test('a member called __proto__ is an unknown field like any other', () => {
  const raw: object = JSON.parse('{"__proto__": 1}')
  const read = readSample({ ...sample(), ...raw }, limits)
  const own = readSample(
    JSON.parse(`${JSON.stringify(sample()).slice(0, -1)},"__proto__":{"a":1}}`),
    limits,
  )
  expect(read.ok && own.ok ? own.value.extra : '').toBe('{"__proto__":{"a":1}}')
})

/** Values that senders have been seen to write, and some that nobody should. */
const anyCell = fc.oneof(
  fc.constantFrom(
    null,
    '',
    'NaN',
    '[N/A]',
    'N/A',
    'null',
    0,
    -0,
    1,
    -1,
    0.5,
    '0.5',
    1.5,
    3600,
    3601,
  ),
  fc.constantFrom(
    2 ** 63,
    2 ** 47,
    2147483632,
    1e30,
    true,
    'device',
    'node',
    'fp8',
    'int4',
    [],
    {},
  ),
  fc.double(),
  fc.integer(),
  fc.string({ unit: 'binary' }),
)
const anyTime = fc.constantFrom('2025-12-31T23:59:50Z', '2100-01-01', '1970-01-01', 'x', null, 5)
const numbers = [...Object.keys(NUMBER_FIELDS), 'interval_s', 'slice', 'device_count', 'revision']
const names = [...numbers, ...TEXT_FIELDS, 'device_id', 'power_scope', 'precision']

test('the reader agrees with the schema on every record', () => {
  const schema = acceleratorSampleSchema(limits)
  const anyFields = fc.dictionary(fc.constantFrom(...names), anyCell, { maxKeys: 6 })
  const property = fc.property(anyFields, fc.option(anyTime), (fields, time) => {
    const raw = sample({ ...fields, ...(time === null ? {} : { time }) })
    const byHand = readSample(raw, limits)
    const bySchema = schema.safeParse(raw)
    expect(byHand.ok).toBe(bySchema.success)
    if (!byHand.ok || !bySchema.success) return
    const { extra: _, ...read } = byHand.value
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(bySchema.data)))
  })
  fc.assert(property, { numRuns: 3000 })
})

test('the words of the contract are all taken', () => {
  for (const precision of PRECISIONS) expect(value({ precision }).precision).toBe(precision)
  for (const power_scope of POWER_SCOPES)
    expect(value({ power_scope }).power_scope).toBe(power_scope)
})
