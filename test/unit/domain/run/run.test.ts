import { describe, expect, test } from 'vitest'
import { deriveSettings } from '../../../../src/domain/derive-settings.ts'
import type { Gang } from '../../../../src/domain/run/gang.ts'
import { lineages } from '../../../../src/domain/run/lineage.ts'
import { buildRuns } from '../../../../src/domain/run/run.ts'
import { gang, minutes } from './gangs.ts'

const { chain } = deriveSettings.parse(undefined)

/** One run of gangs that follow each other, each link as sure as given. */
const runOf = (gangs: readonly Gang[], p = 0.95) => {
  const linked = gangs.map((one, index) => {
    const before = gangs[index - 1]
    return { ...one, links: before ? [{ gang_id: before.gang_id, p, is_stage: false }] : [] }
  })
  const [run, ...others] = buildRuns(linked, chain)
  if (!run || others.length > 0) throw new Error('one run')
  return run
}

describe('a run', () => {
  test('adds up its gangs, bound by bound', () => {
    const run = runOf([
      gang(0, 60, { workloads: ['j2'], gang_id: 'a' }),
      gang(70, 130, {
        devices: 4,
        site: 't',
        fabric_id: 'g',
        workloads: ['j1', 'j2'],
        gang_id: 'b',
      }),
    ])
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
        { start: minutes(70), end: minutes(130), devices: 4, gang_id: 'b', link_p: 0.95 },
      ],
    })
  })

  test('has the tier of most of its device time, the weaker of two equals', () => {
    expect(runOf([gang(0, 60), gang(70, 100, { tier: 'T4' })]).tier).toBe('T2')
    expect(runOf([gang(0, 60), gang(70, 130, { tier: 'T4' })]).tier).toBe('T4')
  })

  test('is named after its first gang, however it grows', () => {
    const id = runOf([gang(10, 60)]).run_id
    expect(id).toMatch(/^run-[0-9a-f]{16}$/)
    const grown = [gang(10, 60, { devices: 9 }), gang(80, 90)]
    expect(runOf(grown).run_id).toBe(id)
    expect(runOf([gang(5, 60)]).run_id).not.toBe(id)
    expect(runOf([gang(10, 60, { tenant_id: 'bob' })]).run_id).not.toBe(id)
  })

  test('has a lower bound without what is only likely its own', () => {
    // 8 × 3600 and 8 × 1800 device-seconds; a link of 0.8 is likely and not sure
    const gangs = [gang(0, 60), gang(70, 100)]
    expect(runOf(gangs, 0.95).flop).toEqual({ lo: 43_200, mid: 86_400, hi: 172_800 })
    expect(runOf(gangs, 0.8).flop).toEqual({ lo: 28_800, mid: 86_400, hi: 172_800 })
  })

  test('what went on over midnight is one stretch, of as many devices as at its largest', () => {
    const wentOn = [{ gang_id: 'a', p: 1, is_stage: false }]
    const parts = [
      gang(0, 60, { gang_id: 'a' }),
      gang(60, 120, { gang_id: 'b', devices: 9, links: wentOn }),
    ]
    expect(buildRuns(parts, chain)).toMatchObject([
      { devices_max: 9, segments: [{ gang_id: 'a', end: minutes(120), devices: 9, link_p: 1 }] },
    ])
  })

  test('whose parts run side by side counts the devices of both', () => {
    const both = ['a', 'b'].map(gang_id => ({ gang_id, p: 0.95, is_stage: false }))
    const parts = [
      gang(0, 60, { gang_id: 'a' }),
      gang(30, 60, { gang_id: 'b', devices: 4 }),
      gang(70, 90, { gang_id: 'c', devices: 12, links: both }),
    ]
    expect(buildRuns(parts, chain)).toMatchObject([{ devices_max: 12, gang_ids: ['a', 'b', 'c'] }])
  })

  test('tells the doubtful run before it, and a stage is never the same run', () => {
    const linkTo = (p: number, is_stage: boolean) => [{ gang_id: 'a', p, is_stage }]
    for (const link of [linkTo(0.3, false), linkTo(0.7, true)]) {
      const parts = [gang(0, 60, { gang_id: 'a' }), gang(70, 90, { gang_id: 'b', links: link })]
      const previous = buildRuns(parts, chain).map(run => run.previous)
      expect(previous).toEqual([null, link[0]])
    }
  })
})

describe('a lineage', () => {
  const head = (run_id: string, previous_run: string, previous_p: number) => ({
    run_id,
    previous_run,
    previous_p,
  })

  test('leads back to the first run, as sure as the weakest link on the way', () => {
    const heads = [head('a', '', 0), head('b', 'a', 0.7), head('c', 'b', 0.3), head('d', 'b', 0.9)]
    expect(lineages(heads)).toEqual([
      { run_id: 'a', lineage_id: 'a', p: 1 },
      { run_id: 'b', lineage_id: 'a', p: 0.7 },
      { run_id: 'c', lineage_id: 'a', p: 0.3 },
      { run_id: 'd', lineage_id: 'a', p: 0.7 },
    ])
  })

  test('of one run is none; a run before the horizon begins none', () => {
    expect(lineages([head('a', '', 0), head('b', 'long-ago', 0.9)])).toEqual([])
  })
})
