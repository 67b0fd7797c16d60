import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { auditPartitions } from '../../../src/stages/ingest/audit.ts'
import { createDice } from './dice.ts'
import { keepStore } from './evidence.ts'
import { type FaultLog, openFaultLog } from './fault-log.ts'
import { replayConflicts } from './replay.ts'
import { KINDS, type Planned, planGroups } from './schedule.ts'
import { checkChecks } from './self-check.ts'
import { quiesce, untilProgress } from './settle.ts'
import { createVerifier, type Verifier } from './verify.ts'
import { watchCommits } from './watch.ts'
import { openWorld, type World } from './world.ts'

/** Faults upon faults for so long, and after each group of them the whole account. */

export interface RunOptions {
  readonly seed: number
  readonly minutes: number
  readonly say: (text: string) => void
}

export interface RunReport {
  readonly faults: number
  readonly table: string
}

const INSTANCES = 3
/** Few, so that the checks leave most of the time to the faults; bursts bring thousands at once. */
const SAMPLES_PER_S = 400

/** A run of this length goes on until every kind of fault was injected. */
const MINUTES_FOR_ALL = 5

/** Throws what went wrong, with the faults that led to it. */
export async function runFaults(options: RunOptions): Promise<RunReport> {
  const { seed, minutes, say } = options
  const log = openFaultLog(say)
  log.note(`seed ${seed}, ${minutes} minutes`)
  const kinds = minutes < MINUTES_FOR_ALL ? 1 : KINDS.length
  const until = performance.now() + minutes * 60_000
  const world = await openWorld({ seed, instances: INSTANCES, samples_per_s: SAMPLES_PER_S })
  try {
    const verifier = createVerifier(world)
    for (const instance of world.instances) instance.want()
    await check(world, verifier, log)
    const groups = planGroups(createDice(seed, 'schedule'))
    while (performance.now() < until || log.kinds() < kinds) {
      world.sender.resume()
      world.httpSender.resume()
      await untilProgress(world, 20)
      await auditLive(world)
      await strike(world, groups.next().value, log)
      await check(world, verifier, log)
    }
    const conflicts = await replayConflicts(world.truth, world.dice)
    log.note(`a replay settles ${conflicts} conflicts alike`)
    await checkChecks(world, verifier)
    log.note('rows changed by hand are noticed, by the checks and by flopwatch audit')
    log.note(`exact after ${log.faults()} faults`)
    return { faults: log.faults(), table: log.table() }
  } catch (fault) {
    // With what it was caused by: a failed fetch says nothing by itself.
    const why = inspect(fault)
    await keepStore(world)
    log.note(`failed: ${why}\nseed ${seed}; what it left behind is in ${world.logFolder}`)
    throw new Error(`seed ${seed}: ${why}\n${log.text()}`)
  } finally {
    await world.close()
  }
}

/** Injects the faults of a group, each at its time, and heals them all. */
async function strike(
  world: World,
  planned: readonly Planned[] | undefined,
  log: FaultLog,
): Promise<void> {
  const strikes = (planned ?? []).map(async ({ kind, delay_s, hold_s }) => {
    await delay(delay_s * 1000)
    log.injected(kind.name, hold_s)
    const heal = await kind.inject(world, world.dice)
    await delay(hold_s * 1000)
    await heal()
    log.note(`${kind.name}: healed`)
  })
  const watch = watchCommits(world)
  const ends = await Promise.allSettled(strikes)
  await watch.stop()
  const failed = ends.find(end => end.status === 'rejected')
  if (failed) throw failed.reason
}

/** While nothing is wrong every account balances, though partitions are being read. */
async function auditLive({ store }: World): Promise<void> {
  const off = (await auditPartitions(store, 0)).filter(({ faults }) => faults.length > 0)
  if (off.length === 0) return
  const lines = off.map(({ partition, faults }) => `${partition}: ${faults.join('; ')}`)
  throw new Error(`audited while it is read:\n${lines.join('\n')}`)
}

async function check(world: World, verifier: Verifier, log: FaultLog): Promise<void> {
  const from = performance.now()
  const ends = await quiesce(world)
  const settled = performance.now()
  const found = await verifier.differences(ends)
  if (found.length > 0) throw new Error(`differences:\n${found.join('\n')}`)
  const messages = [...ends.values()].reduce((sum, end) => sum + end, 0)
  const [quiet_s, looked_s] = [settled - from, performance.now() - settled].map(ms =>
    (ms / 1000).toFixed(1),
  )
  log.note(
    `exact: ${messages} messages, ${world.truth.count()} identities (${quiet_s} s to settle, ${looked_s} s to check)`,
  )
}
