import { z } from 'zod'
import { fromSqlTime, type Instant, toSqlSecond, toSqlTime } from '../../domain/window.ts'

/** Row cells as the store spells them, read into the domain's types. */

export const sqlTime = z.string().transform((text): Instant => fromSqlTime(text))
export const sqlTimeOrNull = z
  .string()
  .nullable()
  .transform((text): Instant | null => (text === null ? null : fromSqlTime(text)))
/** Counts come quoted because the store's 64-bit integers exceed JavaScript's. */
export const sqlCount = z.union([z.string(), z.number()]).transform(Number)
export const sqlBoolean = z.union([z.number(), z.boolean()]).transform(Boolean)

/** Parameters: instants become the store's spelling of time. */
export const timeParam = z.number().transform(at => toSqlTime(at))

/** Full hours, as the store takes a list of them. */
export const hoursParam = z
  .array(z.number())
  .transform(instants => instants.map(at => toSqlSecond(at)))

/**
 * Columns of as many cells as a part has rows: one check over each instead of one a cell, which took a
 * tenth of what the whole part costs.
 */
export const numberColumn = z.custom<readonly number[]>(
  value => Array.isArray(value) && value.every(cell => typeof cell === 'number'),
  'a list of numbers',
)
export const numberOrNullColumn = z.custom<readonly (number | null)[]>(
  value => Array.isArray(value) && value.every(cell => cell === null || typeof cell === 'number'),
  'a list of numbers and nulls',
)
export const textColumn = z.custom<readonly string[]>(
  value => Array.isArray(value) && value.every(cell => typeof cell === 'string'),
  'a list of texts',
)
export const textsColumn = z.custom<readonly (readonly string[])[]>(
  value =>
    Array.isArray(value) &&
    value.every(
      cell => Array.isArray(cell) && cell.every((text: unknown) => typeof text === 'string'),
    ),
  'a list of lists of texts',
)
