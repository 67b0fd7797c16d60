import type { FrontFault } from '../../../support/clickhouse-front.ts'
import type { FaultKind } from './kind.ts'

/** Codes by which a server says that it cannot just now: too many parts, memory, read-only. */
const NOT_NOW = [252, 241, 242, 243]
const ALWAYS = 1_000_000

/** What happens to the store, and to the network between it and the instances. */
export const storeFaults: readonly FaultKind[] = [
  {
    name: 'store killed',
    target: 'store',
    hold_s: [0, 5],
    async inject({ front }) {
      await front.kill()
      return () => front.restart()
    },
  },
  {
    name: 'store refuses inserts',
    target: 'store',
    hold_s: [2, 60],
    async inject({ front }, dice) {
      await front.fail({
        kind: 'refuse',
        match: '^\\s*insert into',
        code: dice.pick(NOT_NOW),
        times: ALWAYS,
      })
      return () => front.fail()
    },
  },
  {
    name: 'disk full',
    target: 'store',
    hold_s: [2, 8],
    async inject({ disk, front }) {
      if (disk.canFill) {
        disk.fill()
        return async () => disk.free()
      }
      await front.fail({ kind: 'refuse', match: '.', code: 243, times: ALWAYS })
      return () => front.fail()
    },
  },
  {
    name: 'answers lost',
    target: 'store',
    hold_s: [2, 5],
    async inject({ front }, dice) {
      const kinds = ['reset', 'lost-answer', 'hang', 'truncate', 'cut', 'gateway'] as const
      const tables = ['samples', 'partition_parts', 'hour_marks', 'quarantine', 'sample_losers']
      const faults = Array.from(
        { length: 6 },
        (): FrontFault => ({
          kind: dice.pick(kinds),
          match: `(into|from) ${dice.pick(tables)}\\b`,
          times: dice.integer(1, 3),
        }),
      )
      await front.fail(...faults)
      return () => front.fail()
    },
  },
  {
    name: 'store slow',
    target: 'store link',
    hold_s: [3, 8],
    async inject({ instances }, dice) {
      for (const { storeLink } of instances) storeLink.delay(dice.integer(20, 300))
      return async () => {
        for (const { storeLink } of instances) storeLink.heal()
      }
    },
  },
  {
    name: 'store link reset',
    target: 'store link',
    hold_s: [1, 3],
    async inject({ instances }) {
      for (const { storeLink } of instances) storeLink.reset()
      return async () => {
        for (const { storeLink } of instances) storeLink.reset()
      }
    },
  },
  {
    name: 'store link half-open',
    target: 'store link',
    hold_s: [2, 10],
    async inject({ instances }, dice) {
      const { storeLink } = dice.pick(instances)
      storeLink.halfOpen()
      return async () => storeLink.heal()
    },
  },
]
