import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { BenchContext } from './context.ts'
import type { Part } from './parts/part.ts'

/**
 * Everything that is measured runs in a process of its own: the embedded engine holds one data
 * folder per process, and the peak of memory belongs to one piece of work.
 */

type Starter = Pick<BenchContext, 'projectFolder' | 'environment'>

/**
 * Runs a command of the product and answers what it printed, as JSON. `exits`: codes that are an
 * answer as well, such as that of an audit which finds something.
 */
export async function runCommand(
  bench: Starter,
  words: readonly string[],
  exits: readonly number[] = [0],
): Promise<unknown> {
  const child = start(bench, words)
  const exited = once(child, 'exit')
  const printed = child.stdout === null ? '' : await text(child.stdout)
  const [code] = await exited
  if (exits.includes(code)) return JSON.parse(printed)
  throw new Error(`${words.slice(0, 2).join(' ')} ended with ${code ?? 'a signal'}`)
}

export function runPart(bench: Starter, part: Part): Promise<unknown> {
  return runCommand(bench, partWords(part))
}

/** A part that may be killed; its answer is in what it prints. */
export function startPart(bench: Starter, part: Part): ChildProcess {
  return start(bench, partWords(part))
}

function partWords(part: Part): string[] {
  return ['bench', '--part', JSON.stringify(part)]
}

function start(bench: Starter, words: readonly string[]): ChildProcess {
  return spawn('node', [program(bench), ...words], {
    env: { ...bench.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function program({ projectFolder }: Starter): string {
  return join(projectFolder, 'src', 'main.ts')
}

export interface Serving {
  /** Where it answers, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  /** Largest resident size so far; 0 where the system does not tell. */
  memoryPeak_bytes(): Promise<number>
  /** Ends it in order. */
  stop(): Promise<void>
}

/** `serve` on a free port of loopback, ready to take requests. */
export async function startServe(bench: Starter, words: readonly string[]): Promise<Serving> {
  const child = start(bench, ['serve', '--port', '0', ...words])
  const exited = once(child, 'exit')
  const { stdout, pid = 0 } = child
  if (stdout === null) throw new Error('serve has no output')
  for await (const line of createInterface({ input: stdout })) {
    const url = /listens on (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    stdout.resume()
    return {
      url,
      memoryPeak_bytes: () => memoryPeak_bytes(pid),
      stop: async () => {
        child.kill('SIGTERM')
        await exited
      },
    }
  }
  throw new Error('serve ended before it listened')
}

/** As Linux keeps it. */
async function memoryPeak_bytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}
