import { z } from 'zod'
import { PRECISIONS } from '../accelerator.ts'
import { INTERVAL_S_MAX } from '../ingest-settings.ts'
import {
  DEVICE_COUNT_MAX,
  NUMBER_FIELDS,
  type NumberRange,
  POWER_SCOPES,
  REVISION_MAX,
  TEXT_FIELDS,
} from './accelerator-fields.ts'
import type { SampleLimits } from './accelerator-sample.ts'
import {
  isBlankGauge,
  numberOrNull,
  requiredInstant,
  requiredText,
  text,
  wordOr,
} from './fields.ts'

/**
 * AcceleratorSample as a schema: what the contract says, in a form that can be read and published.
 * `readSample` does the same by hand and faster; a property test holds the two together.
 */
export function acceleratorSampleSchema(limits: SampleLimits) {
  return z.object({
    time: requiredInstant.pipe(z.number().min(limits.min).max(limits.max)),
    interval_s: positive(INTERVAL_S_MAX).pipe(z.number()),
    device_id: requiredText,
    accelerator: requiredText,
    device_count: positive(DEVICE_COUNT_MAX)
      .pipe(z.number().int().nullable())
      .transform(value => value ?? 1),
    slice: positive(1).transform(value => value ?? 1),
    power_scope: wordOr(POWER_SCOPES, 'device'),
    precision: wordOr(['', ...PRECISIONS], ''),
    revision: numberOrNull
      .pipe(z.number().int().min(0).max(REVISION_MAX).nullable())
      .transform(value => value ?? 0),
    ...textFields(),
    ...numberFields(),
  })
}

function positive(max: number) {
  return numberOrNull.pipe(z.number().positive().max(max).nullable())
}

function textFields() {
  const fields = TEXT_FIELDS.filter(field => field !== 'accelerator')
  return Object.fromEntries(fields.map(field => [field, text]))
}

function numberFields() {
  return Object.fromEntries(
    Object.entries(NUMBER_FIELDS).map(([field, range]) => [field, rangeSchema(range)]),
  )
}

function rangeSchema(range: NumberRange) {
  return numberOrNull
    .transform(value => (value !== null && range.gauge && isBlankGauge(value) ? null : value))
    .pipe(z.number().min(0).max(range.max).nullable())
}
