import { PRECISIONS } from '../accelerator.ts'
import { INTERVAL_S_MAX, type TimeBounds } from '../ingest-settings.ts'
import { formatInstant, type Instant, parseInstant } from '../window.ts'
import {
  type AcceleratorSample,
  DEVICE_COUNT_MAX,
  NUMBER_FIELDS,
  type NumberRange,
  POWER_SCOPES,
  REVISION_MAX,
  TEXT_FIELDS,
} from './accelerator-fields.ts'
import { readExtra } from './extra.ts'
import { isBlankGauge, isWellFormed, readNumber, readText, TEXT_CHARACTERS_MAX } from './fields.ts'
import { quoted, type Reading, type Rejection, rejected, taken } from './reject.ts'

/**
 * Reads one AcceleratorSample. Written by hand because every sample passes here: the zod schema in
 * `accelerator-schema.ts` says the same and a property test holds the two together.
 */

export interface SampleLimits extends TimeBounds {
  readonly extra_characters_max: number
}

type Draft = { -readonly [field in keyof AcceleratorSample]: AcceleratorSample[field] }

const EMPTY: Draft = {
  time: Number.NaN,
  interval_s: Number.NaN,
  device_id: '',
  tenant_id: '',
  accelerator: '',
  device_count: 1,
  slice: 1,
  node_id: '',
  fabric_id: '',
  site: '',
  region: '',
  workload_id: '',
  declared_use: '',
  tensor_active: null,
  sm_active: null,
  dram_active: null,
  gpu_util: null,
  fp64_active: null,
  fp32_active: null,
  fp16_active: null,
  mma_cycles_total: null,
  sm_cycles_total: null,
  sm_clock_mhz: null,
  power_w: null,
  power_scope: 'device',
  energy_total_j: null,
  memory_used_bytes: null,
  nvlink_tx_bytes: null,
  nvlink_rx_bytes: null,
  net_tx_bytes: null,
  net_rx_bytes: null,
  pcie_tx_bytes: null,
  pcie_rx_bytes: null,
  storage_read_bytes: null,
  storage_write_bytes: null,
  precision: '',
  precision_source: '',
  operations: null,
  revision: 0,
  extra: '',
}

/** Puts one member into the draft, or says why it cannot. */
type FieldReader = (draft: Draft, value: unknown, limits: SampleLimits) => Rejection | null

const READERS: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['time', readTime],
  ['device_id', textReader('device_id')],
  ...TEXT_FIELDS.map(field => [field, textReader(field)] as const),
  ...Object.entries(NUMBER_FIELDS).map(
    ([field, range]) => [field, numberReader(field as keyof typeof NUMBER_FIELDS, range)] as const,
  ),
  ['interval_s', positiveReader('interval_s', INTERVAL_S_MAX, false)],
  ['slice', positiveReader('slice', 1, false)],
  ['device_count', positiveReader('device_count', DEVICE_COUNT_MAX, true)],
  ['revision', readRevision],
  ['power_scope', wordReader('power_scope', POWER_SCOPES)],
  ['precision', wordReader('precision', PRECISIONS)],
])

/** The sample, or the first fault found in it. `raw` is an object as JSON or CSV gave it. */
export function readSample(raw: object, limits: SampleLimits): Reading<AcceleratorSample> {
  const draft = { ...EMPTY }
  const members = raw as Readonly<Record<string, unknown>>
  let unknown: [string, unknown][] | null = null
  for (const name of Object.keys(raw)) {
    const value = members[name]
    const reader = READERS.get(name)
    if (reader === undefined) {
      unknown ??= []
      unknown.push([name, value])
      continue
    }
    const rejection = reader(draft, value, limits)
    if (rejection !== null) return { ok: false, rejection }
  }
  const missing = missingField(draft)
  if (missing !== null) return rejected('missing_field', `"${missing}" is required and not there`)
  if (unknown !== null) {
    const extra = readExtra(unknown, limits.extra_characters_max)
    if (!extra.ok) return extra
    draft.extra = extra.value
  }
  return taken(draft)
}

function missingField(draft: Draft): string | null {
  if (Number.isNaN(draft.time)) return 'time'
  if (Number.isNaN(draft.interval_s)) return 'interval_s'
  if (draft.device_id === '') return 'device_id'
  return draft.accelerator === '' ? 'accelerator' : null
}

function readTime(draft: Draft, value: unknown, limits: SampleLimits): Rejection | null {
  const text = readText(value)
  if (text === '') return null
  const time = typeof value === 'string' ? parseAgain(value) : null
  if (time === null) {
    return fault('time_invalid', `"time" is ${quoted(value)}; write RFC 3339, 2026-01-31T05:00:00Z`)
  }
  if (time < limits.min) {
    return fault('time_too_old', `"time" is ${quoted(value)}, before ${formatInstant(limits.min)}`)
  }
  if (time > limits.max) {
    return fault('time_in_future', `"time" is ${quoted(value)}, after ${formatInstant(limits.max)}`)
  }
  draft.time = time
  return null
}

let known: { text: string; at: Instant | null } = { text: '', at: null }

/** Devices tick together, so most samples carry the very time of the one before. */
function parseAgain(text: string): Instant | null {
  if (text !== known.text) known = { text, at: parseInstant(text) }
  return known.at
}

function textReader(field: 'device_id' | (typeof TEXT_FIELDS)[number]): FieldReader {
  return (draft, value) => {
    const text = readText(value)
    if (text === undefined) return fault('wrong_type', `"${field}" is ${quoted(value)}, not a text`)
    if (text.length > TEXT_CHARACTERS_MAX) {
      return fault(
        'field_too_long',
        `"${field}" has ${text.length} characters of ${TEXT_CHARACTERS_MAX}`,
      )
    }
    if (!isWellFormed(text)) {
      return fault('invalid_utf8', `"${field}" holds half a surrogate pair`)
    }
    draft[field] = text
    return null
  }
}

function numberReader(field: keyof typeof NUMBER_FIELDS, range: NumberRange): FieldReader {
  return (draft, value) => {
    const number = readNumber(value)
    if (number === undefined) return notNumber(field, value)
    if (number === null || (range.gauge && isBlankGauge(number))) return null
    if (!(number >= 0 && number <= range.max)) return outOfRange(field, value, range)
    // Adding zero turns -0 into 0: both spellings are one content.
    draft[field] = number + 0
    return null
  }
}

/** Numbers with a default or without a blank: above 0, up to and with `max`. */
function positiveReader(
  field: 'interval_s' | 'slice' | 'device_count',
  max: number,
  whole: boolean,
): FieldReader {
  return (draft, value) => {
    const number = readNumber(value)
    if (number === undefined) return notNumber(field, value)
    if (number === null) return null
    if (!(number > 0 && number <= max) || (whole && !Number.isInteger(number))) {
      const kind = whole ? 'a whole number' : 'a number'
      return fault(
        'out_of_range',
        `"${field}" is ${quoted(value)}; it must be ${kind} above 0 and at most ${max}`,
      )
    }
    draft[field] = number
    return null
  }
}

function readRevision(draft: Draft, value: unknown): Rejection | null {
  const number = readNumber(value)
  if (number === undefined) return notNumber('revision', value)
  if (number === null) return null
  if (!Number.isInteger(number) || number < 0 || number > REVISION_MAX) {
    return fault(
      'out_of_range',
      `"revision" is ${quoted(value)}; it must be a whole number from 0 to ${REVISION_MAX}`,
    )
  }
  draft.revision = number + 0
  return null
}

function wordReader<Field extends 'power_scope' | 'precision'>(
  field: Field,
  words: readonly Draft[Field][],
): FieldReader {
  return (draft, value) => {
    const text = readText(value)
    if (text === '') return null
    const word = words.find(candidate => candidate === text)
    if (word === undefined) {
      return fault('invalid_value', `"${field}" is ${quoted(value)}, none of ${words.join(', ')}`)
    }
    draft[field] = word
    return null
  }
}

function notNumber(field: string, value: unknown): Rejection {
  return fault('wrong_type', `"${field}" is ${quoted(value)}, not a number`)
}

function outOfRange(field: string, value: unknown, range: NumberRange): Rejection {
  const percent = range.max === 1 && Number(value) > 1 && Number(value) <= 100
  const hint = percent ? '; it looks like a percentage: divide by 100' : ''
  return fault(
    'out_of_range',
    `"${field}" is ${quoted(value)}; it must be from 0 to ${range.max}${hint}`,
  )
}

function fault(reason: Rejection['reason'], detail: string): Rejection {
  return { reason, detail }
}
