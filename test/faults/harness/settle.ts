import { setInterval } from 'node:timers/promises'
import { TOPIC, type World } from './world.ts'

/** Waiting by what can be seen, never by the clock: it only says when to give up. */

const LOOK_MS = 250
/** Without any progress for so long something hangs that should not. */
const PATIENCE_S = 120

/** How far the ledger has come: the next offset of each partition that was read. */
export async function ledgerNexts(world: World): Promise<ReadonlyMap<number, number>> {
  const rows = await world.store.query('audit-partitions', { since: 0 })
  return new Map(
    rows.filter(row => row.topic === TOPIC).map(row => [row.partition, row.offset_next]),
  )
}

export async function ledgerSum(world: World): Promise<number> {
  return [...(await ledgerNexts(world)).values()].reduce((sum, next) => sum + next, 0)
}

/** Lets the system work: resolves once so many more messages are durable. */
export async function untilProgress(world: World, messages: number): Promise<void> {
  const from = await ledgerSum(world)
  await until(world, `${messages} more messages are durable`, async () => {
    const sum = await ledgerSum(world)
    return { done: sum >= from + messages, seen: `${sum - from}` }
  })
}

/** Stops the senders and waits until every message stands in the ledger. */
export async function quiesce(world: World): Promise<ReadonlyMap<number, number>> {
  await bounded('every message is sent', world.sender.pause())
  await bounded('every body is answered', world.httpSender.pause())
  for (const instance of world.instances) await bounded(`${instance.name} is up`, instance.isUp())
  const ends = await world.log.ends()
  await until(world, 'the ledger reaches the end of the log', async () => {
    const nexts = await ledgerNexts(world)
    const open = [...ends].filter(([partition, end]) => (nexts.get(partition) ?? 0) < end)
    const lines = open.map(([partition, end]) => `${partition}: ${nexts.get(partition)} of ${end}`)
    return { done: open.length === 0, seen: lines.join(', ') }
  })
  return ends
}

async function until(
  world: World,
  goal: string,
  look: () => Promise<{ readonly done: boolean; readonly seen: string }>,
): Promise<void> {
  let last = { seen: '', at: performance.now() }
  for await (const _ of setInterval(LOOK_MS)) {
    if (world.deaths.length > 0) throw new Error(world.deaths.join('; '))
    const { done, seen } = await look()
    if (done) return
    if (seen !== last.seen) last = { seen, at: performance.now() }
    else if (performance.now() - last.at > PATIENCE_S * 1000) {
      const trouble = world.sender.trouble()
      throw new Error(`no progress for ${PATIENCE_S} s until ${goal}: ${seen} ${trouble}`)
    }
  }
}

async function bounded(goal: string, work: Promise<void>): Promise<void> {
  const late = AbortSignal.timeout(PATIENCE_S * 1000)
  const { promise, reject } = Promise.withResolvers<never>()
  late.addEventListener('abort', () => reject(new Error(`not in ${PATIENCE_S} s: ${goal}`)))
  await Promise.race([work, promise])
}
