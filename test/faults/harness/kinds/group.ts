import { setInterval } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { STREAMS } from '../../../../src/domain/streams.ts'
import { flopwatch } from '../../../support/command.ts'
import { ledgerNexts } from '../settle.ts'
import { GROUP, SESSION_S, TOPIC, type World } from '../world.ts'
import type { FaultKind } from './kind.ts'

/** What happens to who reads which partition, and from where. */
export const groupFaults: readonly FaultKind[] = [
  {
    name: 'rebalance storm',
    target: 'group',
    hold_s: [6, 12],
    async inject(world) {
      const storm = new AbortController()
      const storming = joinAndLeave(world, storm.signal)
      return async () => {
        storm.abort()
        await storming
      }
    },
  },
  {
    name: 'partition rewound',
    // It is the store that is told; one that does not answer cannot be.
    target: 'store',
    hold_s: [0, 1],
    async inject(world, dice) {
      const nexts = [...(await ledgerNexts(world))].filter(([, next]) => next > 0)
      if (nexts.length === 0) return async () => undefined
      const [partition, next] = dice.pick(nexts)
      const place = `${TOPIC}/${partition}@${Math.max(0, next - dice.integer(1, 500))}`
      const env = { CLICKHOUSE_URL: world.front.url }
      const { code, stderr } = await flopwatch(['audit', '--rewind', place], { env })
      if (code !== 0) throw new Error(`audit --rewind ${place} ended with ${code}: ${stderr}`)
      return async () => undefined
    },
  },
]

/**
 * A stranger joins the group each second and leaves again. It is given partitions and reads none
 * of them; a process of the product for each would cost more than the storm.
 */
async function joinAndLeave({ kafka }: World, signal: AbortSignal): Promise<void> {
  const client = new kafkajs.Kafka({
    brokers: [...kafka.brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 100 },
  })
  const visit = async (): Promise<void> => {
    const consumer = client.consumer({ groupId: GROUP, sessionTimeout: SESSION_S * 1000 })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [...STREAMS] })
      await consumer.run({ autoCommit: false, eachBatch: async () => undefined })
    } finally {
      await consumer.disconnect()
    }
  }
  try {
    // A broker that is down just now turns a visitor away; the next one may be luckier.
    for await (const _ of setInterval(1000, undefined, { signal })) await visit().catch(() => null)
  } catch (fault) {
    if (!signal.aborted) throw fault
  }
}
