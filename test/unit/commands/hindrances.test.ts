import { expect, test } from 'vitest'
import { hindrancesOf } from '../../../src/commands/hindrances.ts'

const detecting = (failures: number, trouble: string | null = null) => ({
  failures: () => failures,
  trouble: () => trouble,
  stop: async () => undefined,
})
const reading = (
  trouble: string | null,
  waiting: readonly { name: string; state: 'busy' | 'halted'; why: string }[] = [],
) => ({ trouble: () => trouble, waiting: () => waiting, stop: async () => undefined })

test('a process without parts, or whose parts are well, has nothing in its way', () => {
  expect(hindrancesOf({ detecting: null, reading: null })).toEqual([])
  expect(hindrancesOf({ detecting: detecting(2), reading: reading(null) })).toEqual([])
})

test('from the third failure in a row on, ticks are broken', () => {
  expect(hindrancesOf({ detecting: detecting(3), reading: null })).toEqual([
    { kind: 'failure', part: 'ticks', message: '3 ticks failed in a row' },
  ])
})

test('who does not know whether it is the one that detects says so', () => {
  const parts = { detecting: detecting(0, 'no broker answers'), reading: null }
  expect(hindrancesOf(parts)).toEqual([
    { kind: 'failure', part: 'stream', message: 'no broker answers' },
  ])
})

test('a partition that waits for the store is busy, one that was halted and a lost group are not', () => {
  const parts = {
    detecting: null,
    reading: reading('no broker answers', [
      { name: 't/0', state: 'busy', why: 'the store is full' },
      { name: 't/1', state: 'halted', why: 'offsets went back' },
    ]),
  }
  expect(hindrancesOf(parts)).toEqual([
    { kind: 'failure', part: 'stream', message: 'no broker answers' },
    { kind: 'back_pressure', part: 'stream', message: 'partition t/0 waits: the store is full' },
    { kind: 'failure', part: 'stream', message: 'partition t/1 waits: offsets went back' },
  ])
})
