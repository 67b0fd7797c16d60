import fc from 'fast-check'
import { ODD_NUMBERS, ODD_TEXTS, ODD_TIMES } from './odd-values.ts'

/**
 * Lines of accelerator telemetry, sound ones and ones with something odd about them, as bytes: what
 * senders, tools and accidents make of a sample.
 */

/** Names and JSON texts of members, so that anything can stand where a value should. */
type Members = readonly (readonly [name: string, json: string])[]

export interface TestLine {
  readonly bytes: Buffer
  /** Nothing is odd about it. */
  readonly sound: boolean
}

const NUMBERS = [
  ...['tensor_active', 'gpu_util', 'sm_clock_mhz', 'power_w', 'energy_total_j', 'operations'],
  ...['mma_cycles_total', 'sm_cycles_total', 'net_tx_bytes'],
  ...['interval_s', 'slice', 'device_count', 'revision'],
] as const
const TEXTS = [
  ...['device_id', 'accelerator', 'tenant_id', 'node_id', 'fabric_id', 'workload_id'],
  ...['power_scope', 'precision', 'precision_source'],
] as const

const anyTime = fc
  .record({ second: fc.nat(7199), milli: fc.constantFrom('', '', '.5', '.25', '.125', '.000') })
  .map(({ second, milli }) => {
    const at = new Date(Date.UTC(2026, 0, 1, 10) + second * 1000).toISOString()
    return JSON.stringify(`${at.slice(0, 19)}${milli}Z`)
  })

const asJson = (value: number | bigint): string => String(value)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 })
const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true })

const anyShare = fc
  .oneof(
    upTo(1),
    upTo(1e-300),
    fc.nat(1000).map(n => n / 1000),
  )
  .map(asJson)
const anyBytes = fc.oneof(fc.maxSafeNat(), upTo(1e18), fc.bigInt(0n, 10n ** 18n)).map(asJson)
const anyCycles = fc.oneof(anyBytes, fc.bigInt(0n, 2n ** 63n - 2000n).map(asJson))

const soundMembers: fc.Arbitrary<Members> = fc
  .record({
    time: anyTime,
    interval_s: fc.constantFrom('10', '60', '0.5', '3600', '1e1'),
    device_id: fc.constantFrom('"GPU-1"', '"GPU-2"', '"a1b2-é-3"', '"node 7/0"'),
    accelerator: fc.constantFrom('"h100"', '"NVIDIA H100 80GB HBM3"'),
    tenant_id: optional(fc.constantFrom('"acme"', '"other"', '"9z"', '""')),
    node_id: optional(fc.constantFrom('"n1"', '"nancy"', '"null-2"', '"it\'s: fine, really"')),
    workload_id: optional(fc.constantFrom('"train:7"', '"untrue"', '"Zürich 東京 😀!"')),
    power_scope: optional(fc.constantFrom('"device"', '"node"', '""')),
    precision: optional(fc.constantFrom('"bf16"', '"fp8"', '""')),
    device_count: optional(fc.constantFrom('1', '8', '65536', '2.0')),
    slice: optional(fc.constantFrom('1', '0.25')),
    revision: optional(fc.constantFrom('0', '1', '2', '4294967295')),
    tensor_active: optional(anyShare),
    gpu_util: optional(anyShare),
    sm_clock_mhz: optional(fc.nat(100_000).map(asJson)),
    power_w: optional(upTo(1e7).map(asJson)),
    energy_total_j: optional(anyBytes),
    mma_cycles_total: optional(anyCycles),
    sm_cycles_total: optional(anyCycles),
    net_tx_bytes: optional(anyBytes),
    site: fc.constantFrom(null, null, 'null'),
    pcie_rx_bytes: fc.constantFrom(null, null, null, 'null'),
  })
  .map(fields =>
    Object.entries(fields).flatMap(([name, json]) =>
      json === null ? [] : [[name, json] as const],
    ),
  )

const oddNumber = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_NUMBERS) },
  {
    weight: 1,
    // Any digits, with a point at any place.
    arbitrary: fc.tuple(fc.bigInt(0n, 10n ** 40n), fc.nat(40)).map(([n, cut]) => {
      const text = String(n)
      return cut > 0 && cut < text.length ? `${text.slice(0, cut)}.${text.slice(cut)}` : text
    }),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true }).map(asJson) },
)

const oddText = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('x', 'é', '😀'), fc.constantFrom(255, 256, 511, 512, 1023, 1024, 1025))
      .map(([letter, length]) => JSON.stringify(letter.repeat(length))),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map(text => JSON.stringify(text)),
  },
)

const oddTime = fc.constantFrom(...ODD_TIMES)

/** Another value for a member, of its kind or of none. */
const otherValue = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...NUMBERS), oddNumber) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...TEXTS), oddText) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('time'), oddTime) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('time', ...NUMBERS, ...TEXTS),
      fc.oneof(oddNumber, oddText),
    ),
  },
)

const unknownMember = fc.tuple(
  fc.constantFrom(
    'driver',
    'Power_w',
    'power_w ',
    '',
    'prompt',
    '__proto__',
    '\\u0074ime',
    'é',
    'p\\u006fwer_w',
  ),
  fc.constantFrom('1', '"x"', 'null', 'true', '[1,2]', '{"b":1,"a":null}', '1e999', '"\\ud800"'),
)

type Twist = (members: Members) => Members

const anyTwist: fc.Arbitrary<Twist> = fc.oneof(
  {
    weight: 8,
    arbitrary: otherValue.map(
      (other): Twist =>
        members => [...members.filter(([name]) => name !== other[0]), other],
    ),
  },
  {
    weight: 1,
    arbitrary: otherValue.map(
      (added): Twist =>
        members => [...members, added],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(12).map(
      (at): Twist =>
        members =>
          members.toSpliced(at, 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(12).map(
      (at): Twist =>
        members => [...members, ...members.slice(at, at + 1)],
    ),
  },
  {
    weight: 2,
    arbitrary: unknownMember.map(
      (added): Twist =>
        members => [added, ...members],
    ),
  },
)

const anyGap = fc.constantFrom('', '', '', ' ', '\t', '  ', '\r')

const written = (members: Members, gap: string): string =>
  `{${members.map(([name, json]) => `${gap}"${name}"${gap}:${gap}${json}${gap}`).join(',')}}`

const soundLine: fc.Arbitrary<TestLine> = fc
  .tuple(soundMembers, anyGap)
  .map(([members, gap]) => ({ bytes: Buffer.from(written(members, gap)), sound: true }))

const twistedText = fc
  .tuple(soundMembers, fc.array(anyTwist, { minLength: 1, maxLength: 2 }), anyGap)
  .map(([members, twists, gap]) =>
    written(
      twists.reduce((all, twist) => twist(all), members),
      gap,
    ),
  )

const TAILS = ['\r', ' ', '\t', 'x', '}', ',', '{}', '{"a":1}', ' \u00a0', '\0', '\u2028', '\ufeff']
const HEADS = [' ', '\t', '\ufeff', '\u00a0', 'x', ',', '\0', '{']
const WHOLES = ['', ' ', '\r', '\u00a0', 'null', '[]', '7', '"x"', '{}', '{', '[{}]', '\0']
const NO_UTF8 = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80]]

type Scar = (text: string) => Buffer

/** Something done to the text of a line. */
const anyScar: fc.Arbitrary<Scar> = fc.oneof(
  fc.constantFrom(...TAILS).map(
    (tail): Scar =>
      text =>
        Buffer.from(text + tail),
  ),
  fc.constantFrom(...HEADS).map(
    (head): Scar =>
      text =>
        Buffer.from(head + text),
  ),
  fc.constantFrom(...WHOLES).map(
    (whole): Scar =>
      () =>
        Buffer.from(whole),
  ),
  fc.nat(600).map(
    (at): Scar =>
      text =>
        Buffer.from(text.slice(0, at)),
  ),
  fc.constantFrom(2000, 2048, 2049, 5000).map(
    (length): Scar =>
      text =>
        Buffer.from(`${text.slice(0, -1).padEnd(length - 1)}}`),
  ),
  // Any byte at any place: broken UTF-8, broken JSON, other digits.
  fc.tuple(fc.nat(600), fc.nat(255)).map(
    ([at, byte]): Scar =>
      text =>
        insert(text, at, byte === 10 ? [] : [byte], 1),
  ),
  fc.tuple(fc.nat(600), fc.constantFrom(...NO_UTF8)).map(
    ([at, bytes]): Scar =>
      text =>
        insert(text, at, bytes, 0),
  ),
)

function insert(text: string, at: number, bytes: readonly number[], instead: number): Buffer {
  const whole = Buffer.from(text)
  const place = at % Math.max(1, whole.byteLength)
  const rest = whole.subarray(place + instead)
  return Buffer.concat([whole.subarray(0, place), Buffer.from(bytes), rest])
}

const scarredLine = fc
  .tuple(
    fc.oneof(
      twistedText,
      soundMembers.map(members => written(members, '')),
    ),
    anyScar,
  )
  .map(([text, scar]) => scar(text))

/** Six in ten lines are sound. */
export const anyLine: fc.Arbitrary<TestLine> = fc.oneof(
  { weight: 6, arbitrary: soundLine },
  { weight: 3, arbitrary: twistedText.map(text => ({ bytes: Buffer.from(text), sound: false })) },
  { weight: 1, arbitrary: scarredLine.map(bytes => ({ bytes, sound: false })) },
)
