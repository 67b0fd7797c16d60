import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../ports/clock.ts'

/** What a command may touch of the world; `main.ts` fills it from the process. */
export interface CommandContext {
  readonly stdin: Readable
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Folder that holds `config`, `detectors` and `sql`. */
  readonly projectFolder: string
  readonly clock: Clock
  /** Resolves when the user or the supervisor asks to stop; who reads it must then end. */
  readonly stopped: Promise<void>
  /** Largest resident size of the process so far. */
  memoryPeak_bytes(): number
  /** Processor time of all threads of the process so far, seconds. */
  cpu_s(): number
}

/** Exit codes of the contract. */
export const EXIT = { done: 0, fault: 1, usage: 2, quarantined: 3 } as const

/** Options that every command takes. */
export interface GlobalOptions {
  /** A site's own settings file over `config/default.yaml`. */
  readonly config?: string
  /** Data directory of the embedded store. */
  readonly data?: string
  readonly idleGap?: string
  readonly json?: boolean
  readonly verbose?: boolean
}

export function printLine(context: CommandContext, text: string): void {
  context.stdout.write(`${text}\n`)
}
