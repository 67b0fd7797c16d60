import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Receipt } from '../../src/ports/intake.ts'
import { at } from '../support/meter-bench.ts'

/**
 * Invariants 1 and 2: an ingest that is killed at any moment, started again and sent again ends
 * with exactly the totals of an undisturbed one.
 */

const KILLS = 20
const DEVICES = 16
const SAMPLES = 300
/** Set to replay a run; each run draws and prints its own. */
const SEED = Number(process.env['FLOPWATCH_SEED'] ?? Math.trunc(performance.timeOrigin % 1e9))

let folder: string
let siteFile: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-kill-'))
  siteFile = join(folder, 'site.yaml')
  file = join(folder, 'samples.ndjson')
  // Small parts, so that a kill may hit between any two of their steps.
  await writeFile(siteFile, 'ingest:\n  batch_rows: 300\n')
  await writeFile(file, samples())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Sixteen devices for five hours, a minute a sample, by counter, gauge and power. */
function samples(): string {
  const lines: string[] = []
  for (let minute = 1; minute <= SAMPLES; minute++) {
    for (let index = 0; index < DEVICES; index++) {
      const readings = [
        { mma_cycles_total: minute * 3e9, sm_cycles_total: minute * 1e10 },
        { tensor_active: ((minute + index) % 10) / 10 },
        { power_w: 300 + index * 10, gpu_util: 0.8 },
      ][index % 3]
      lines.push(
        JSON.stringify({
          time: new Date(at(minute)).toISOString(),
          interval_s: 60,
          device_id: `d${index}`,
          tenant_id: index < 12 ? 'ann' : 'bob',
          accelerator: 'NVIDIA H100 80GB HBM3',
          node_id: `n${index >> 3}`,
          ...readings,
        }),
      )
    }
  }
  return `${lines.join('\n')}\n`
}

interface Ending {
  readonly receipt: Receipt
  readonly outcome: Readonly<Record<string, string>>
}

function start(store: string): ChildProcess {
  const program = fileURLToPath(new URL('../support/ingest-child.ts', import.meta.url))
  return fork(program, [join(folder, store), siteFile, file], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** The next message of a child; a child that ends without one has failed. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const listening = new AbortController()
  const { signal } = listening
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the ingest ended with ${code} before it reported`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message
  } finally {
    ended.catch(() => undefined)
    listening.abort()
  }
}

async function finish(store: string): Promise<Ending & { readonly ms: number }> {
  const child = start(store)
  await messageOf(child)
  const opened = performance.now()
  const ending = (await messageOf(child)) as Ending
  const ms = performance.now() - opened
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  return { ...ending, ms }
}

/** Lets it run for so long after it has opened the store; false when it was done before. */
async function killAfter(store: string, ms: number): Promise<boolean> {
  const child = start(store)
  await messageOf(child)
  const exit = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  const [, signal] = await exit
  clearTimeout(timer)
  return signal === 'SIGKILL'
}

test(`killed ${KILLS} times, it ends with the totals of an undisturbed run`, {
  timeout: 300_000,
}, async () => {
  process.stdout.write(`kill-ingest: FLOPWATCH_SEED=${SEED}\n`)
  const calm = await finish('calm')
  expect(calm.receipt).toMatchObject({ accepted: DEVICES * SAMPLES, duplicates: 0, quarantined: 0 })
  expect(calm.outcome['runs']).not.toBe('')

  const moments = fc.sample(fc.double({ min: 0, max: 0.95, noNaN: true }), {
    numRuns: KILLS,
    seed: SEED,
  })
  const killed: boolean[] = []
  for (const moment of moments) killed.push(await killAfter('killed', moment * calm.ms))
  // Resends are quicker, so the latest moments may come too late; most must not.
  expect(killed.filter(Boolean).length).toBeGreaterThan(KILLS / 2)

  const ending = await finish('killed')
  const { accepted, duplicates, quarantined, consumed } = ending.receipt
  expect(accepted + duplicates + quarantined).toBe(consumed)
  expect(consumed).toBe(DEVICES * SAMPLES)
  for (const [table, text] of Object.entries(calm.outcome)) {
    expect(ending.outcome[table], table).toBe(text)
  }
})
