import { describe, expect, test } from 'vitest'
import type { Island } from '../../../../src/domain/run/island.ts'
import { closeUnseen } from '../../../../src/domain/run/unseen.ts'
import { minutes } from './gangs.ts'

/** Samples of ten minutes; an island is device, from, to in minutes, and whether it follows a hole. */

function island(device: string, from: number, to: number, follows_unseen = false): Island {
  const device_s = (to - from) * 60
  return {
    tenant_id: 'acme',
    chip: 'alpha',
    fabric_id: 'f',
    site: 's',
    device_id: device,
    device_key: device,
    node_key: device,
    follows_unseen,
    units: 1,
    workloads: [`job-${from}`],
    start: minutes(from),
    end: minutes(to),
    sample_s: 600,
    cuts: 1,
    device_s,
    energy_j: 400 * device_s,
    flop: { lo: device_s, mid: 2 * device_s, hi: 4 * device_s },
    tier: 'T2',
    tensor_s: device_s / 2,
    tensor_device_s: device_s,
  }
}

const shapes = (islands: readonly Island[]) =>
  closeUnseen(islands)
    .map(
      one =>
        `${one.device_key} ${(one.start - minutes(0)) / 60_000}-${(one.end - minutes(0)) / 60_000}`,
    )
    .sort()
const hole = (device: string, from: number, to: number) => [
  island(device, 0, from),
  island(device, to, 120, true),
]

describe('a pause of which no sample tells', () => {
  test('was work, and the whole counts what was seen', () => {
    const [whole, ...rest] = closeUnseen(hole('a', 40, 60))
    expect(rest).toEqual([])
    // 40 + 60 minutes
    expect(whole).toMatchObject({
      start: minutes(0),
      end: minutes(120),
      cuts: 1,
      device_s: 6000,
      energy_j: 2_400_000,
      flop: { lo: 6000, mid: 12_000, hi: 24_000 },
      tensor_s: 3000,
      workloads: ['job-0', 'job-60'],
    })
  })

  test('was a rest where those beside it rested', () => {
    const rested = ['b', 'c'].flatMap(name => [island(name, 0, 40), island(name, 50, 120)])
    expect(shapes([...hole('a', 40, 60), ...rested])).toEqual([
      'a 0-40',
      'a 60-120',
      'b 0-40',
      'b 50-120',
      'c 0-40',
      'c 50-120',
    ])
  })

  test('was work where more worked on than rested, or rested at another time', () => {
    const busy = ['d', 'e'].map(name => island(name, 0, 120))
    const rested = [island('b', 0, 40), island('b', 60, 120)]
    const earlier = [island('c', 0, 10), island('c', 30, 120)]
    expect(shapes([...hole('a', 40, 60), ...busy, ...rested])).toContain('a 0-120')
    expect(shapes([...hole('a', 40, 60), ...earlier])).toContain('a 0-120')
  })

  test('of more than two samples was work only in company', () => {
    const busy = island('b', 0, 120)
    expect(shapes(hole('a', 40, 70))).toEqual(['a 0-40', 'a 70-120'])
    expect(shapes([...hole('a', 40, 70), busy])).toEqual(['a 0-120', 'b 0-120'])
    expect(shapes([...hole('a', 40, 70), { ...busy, fabric_id: 'g' }])).toContain('a 70-120')
  })

  test('says the same in whatever order islands come', () => {
    const rested = ['b', 'c'].flatMap(name => [island(name, 0, 40), island(name, 50, 120)])
    const all = [...hole('a', 40, 60), ...hole('d', 20, 60), ...rested, island('e', 0, 120)]
    expect(shapes([...all].reverse())).toEqual(shapes(all))
  })
})
