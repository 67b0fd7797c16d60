import type { Instant } from '../domain/window.ts'

/** The only source of the present time (invariant 10). */
export interface Clock {
  now(): Instant
}

/** The part of pino's interface that the product uses. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
