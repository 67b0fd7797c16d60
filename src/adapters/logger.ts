import { type DestinationStream, type Logger, pino } from 'pino'

/** The process's log: one JSON object a line, on standard error so that output stays clean. */
export function createLogger(destination: DestinationStream, level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.password', '*.tokens'],
    },
    destination,
  )
}
