import { describe, expect, test } from 'vitest'
import type { Gang } from '../../../../src/domain/run/gang.ts'
import { buildRuns, compareRuns, type RunExtent } from '../../../../src/domain/run/run.ts'
import { gang, minutes } from './gangs.ts'

const runOf = (...gangs: Gang[]) => {
  const [run] = buildRuns([gangs.map(one => ({ gang: one, link_p: 1 }))])
  if (!run) throw new Error('one chain, one run')
  return run
}

describe('a run', () => {
  test('adds up its gangs, bound by bound', () => {
    const run = runOf(
      gang(0, 60, { workloads: ['j2'], gang_id: 'a' }),
      gang(70, 130, {
        devices: 4,
        site: 't',
        fabric_id: 'g',
        workloads: ['j1', 'j2'],
        gang_id: 'b',
      }),
    )
    // 8 × 3600 + 4 × 3600 device-seconds; operations 1, 2, 4 per device-second
    expect(run).toMatchObject({
      tenant_id: 'acme',
      start: minutes(0),
      end: minutes(130),
      chips: ['alpha'],
      fabrics: ['f', 'g'],
      sites: ['s', 't'],
      workloads: ['j1', 'j2'],
      devices_max: 8,
      device_s: 43_200,
      energy_j: 17_280_000,
      flop: { lo: 43_200, mid: 86_400, hi: 172_800 },
      segments: [
        { start: minutes(0), end: minutes(60), devices: 8, gang_id: 'a', link_p: 1 },
        { start: minutes(70), end: minutes(130), devices: 4, gang_id: 'b', link_p: 1 },
      ],
    })
  })

  test('has the tier of most of its device time, the weaker of two equals', () => {
    expect(runOf(gang(0, 60), gang(70, 100, { tier: 'T4' })).tier).toBe('T2')
    expect(runOf(gang(0, 60), gang(70, 130, { tier: 'T4' })).tier).toBe('T4')
  })

  test('keeps its id while its first hour and device stay, however it grows', () => {
    const id = runOf(gang(10, 60)).run_id
    expect(id).toMatch(/^run-[0-9a-f]{16}$/)
    expect(runOf(gang(5, 70, { devices: 9 }), gang(80, 90)).run_id).toBe(id)
    expect(runOf(gang(-5, 60)).run_id).not.toBe(id)
    expect(runOf(gang(10, 60, { first_device: 'd1' })).run_id).not.toBe(id)
    expect(runOf(gang(10, 60, { tenant_id: 'bob' })).run_id).not.toBe(id)
  })

  test('never shares its id, even with a run of the same device in the same hour', () => {
    const chains = [gang(0, 50), gang(5, 20), gang(30, 40, { first_device: 'd1' })].map(one => [
      { gang: one, link_p: 1 },
    ])
    const ids = buildRuns(chains).map(run => run.run_id)
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toBe(runOf(gang(0, 50)).run_id)
  })
})

describe('what became of runs', () => {
  /** `run('r', 'a0-60 b70-90')`: gangs with their minutes. */
  const run = (run_id: string, text: string): RunExtent => {
    const segments = text.split(' ').map(part => {
      const [, gang_id = '', from, to] = /^([a-z])(\d+)-(\d+)$/.exec(part) ?? []
      return { gang_id, start: minutes(Number(from)), end: minutes(Number(to)) }
    })
    const start = Math.min(...segments.map(part => part.start))
    return { run_id, start, end: Math.max(...segments.map(part => part.end)), segments }
  }

  test('nothing changed, or only grew: nothing to tell', () => {
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60')])).toEqual([])
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60 b70-90')])).toEqual([])
  })

  test('a run that starts beside another is no part of it', () => {
    expect(compareRuns([run('r', 'a0-60')], [run('r', 'a0-60'), run('s', 'b10-50')])).toEqual([])
  })

  test('late data that bridges a pause merges two runs', () => {
    const before = [run('r', 'a0-60'), run('s', 'b3000-3060')]
    const after = [run('r', 'a0-60 c1500-1600 b3000-3060')]
    expect(compareRuns(before, after)).toEqual([{ run_id: 's', change: 'merged', successor: 'r' }])
  })

  test('late data at its start moves a run under a new id', () => {
    expect(compareRuns([run('r', 'a60-90 b100-120')], [run('s', 'c30-90 b100-120')])).toEqual([
      { run_id: 'r', change: 'moved', successor: 's' },
    ])
    // even when none of its gangs is left, beside a run that was there all along
    const other = run('o', 'x0-500')
    expect(compareRuns([run('r', 'a60-90'), other], [run('s', 'c30-90'), other])).toEqual([
      { run_id: 'r', change: 'moved', successor: 's' },
    ])
  })

  test('corrected data parts a run', () => {
    expect(
      compareRuns([run('r', 'a0-60 b70-90')], [run('r', 'a0-60'), run('s', 'b70-90')]),
    ).toEqual([{ run_id: 'r', change: 'split', successor: 's' }])
  })

  test('a run whose samples moved elsewhere is gone', () => {
    expect(compareRuns([run('r', 'a0-60')], [])).toEqual([
      { run_id: 'r', change: 'gone', successor: '' },
    ])
  })
})
