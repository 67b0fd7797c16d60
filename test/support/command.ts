import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { projectFolder } from './store.ts'

/** The product as a user meets it: a process of its own under the Node that runs the tests. */

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  /** Options of Node itself, before the program. */
  readonly node?: readonly string[]
}

/** Only what a program needs of the tests' own environment: no store, no tokens. */
const ENVIRONMENT = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  TMPDIR: process.env['TMPDIR'],
  // Stripped and compiled once for all processes of the tests.
  NODE_COMPILE_CACHE: join(tmpdir(), 'flopwatch-compile-cache'),
}

export function startCommand(
  words: readonly string[],
  { env = {}, node = [] }: CommandOptions = {},
): ChildProcess {
  const program = join(projectFolder, 'src', 'main.ts')
  return spawn(process.execPath, [...node, program, ...words], { env: { ...ENVIRONMENT, ...env } })
}

/** Runs a command to its end. */
export async function flopwatch(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const child = startCommand(words, options)
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('the process has no pipes')
  // A command that refuses its words never reads what it is given.
  stdin.on('error', () => null)
  stdin.end(options.input)
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'exit')])
  return { code, stdout: out, stderr: err }
}

export interface Serving {
  /** Where it says that it listens. */
  readonly url: string
  readonly child: ChildProcess
  /** All it has printed so far. */
  printed(): string
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly seconds: number }>
}

/** Starts a command that serves, on any free port, and waits until it listens. */
export async function startServing(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<Serving> {
  const child = startCommand([...words, '--port', '0'], options)
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString()
      const address = /listens on (http:\S+)/.exec(printed)?.[1]
      if (address) resolve(address.replace('0.0.0.0', '127.0.0.1'))
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', code => reject(new Error(`ended with ${code} unheard:\n${printed}`)))
  })
  return {
    url,
    child,
    printed: () => printed,
    async end(signal) {
      const from = performance.now()
      const exit = child.exitCode === null && child.signalCode === null && once(child, 'exit')
      child.kill(signal)
      await exit
      return { code: child.exitCode, seconds: (performance.now() - from) / 1000 }
    },
  }
}
