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
