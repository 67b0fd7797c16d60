import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogueFile, findChip } from '../../../src/domain/accelerator.ts'
import { readSample } from '../../../src/domain/records/accelerator-sample.ts'
import { acceleratorSampleSchema } from '../../../src/domain/records/accelerator-schema.ts'
import { parseInstant } from '../../../src/domain/window.ts'
import * as chips from '../../../src/simulate/chips.ts'
import type { RunTruth } from '../../../src/simulate/ledger.ts'
import { isScenarioName, SCENARIOS } from '../../../src/simulate/scenarios/catalogue.ts'
import { simulate } from '../../../src/simulate/simulate.ts'
import { digestOf, type Line, linesOf, samplesOf, UNTIL } from './support.ts'

const LIMITS = {
  min: parseInstant('2015-01-01T00:00:00Z') ?? 0,
  max: UNTIL,
  extra_characters_max: 0,
}

describe('a simulation', () => {
  test('gives the same bytes for the same seed and others for another', () => {
    const small = (seed: number) => digestOf(simulate('small', { seed, until: UNTIL }))
    expect(small(7)).toBe(small(7))
    expect(small(7)).not.toBe(small(8))
    const demo = (seed: number) => digestOf(simulate('demo', { seed, until: UNTIL, days: 1 }))
    expect(demo(1)).toBe(demo(1))
    expect(demo(1)).not.toBe(demo(2))
  })

  test('draws the same runs whether a scenario stands alone or among others', () => {
    const alone = samplesOf(simulate('hpc', { seed: 3, until: UNTIL, days: 2 }))
    const among = samplesOf(simulate('demo', { seed: 3, until: UNTIL, days: 2 }))
    const tenant = 'acct-fjordvaer'
    expect([...among].filter(line => line.tenant_id === tenant)).toEqual([...alone])
  })

  test('writes every stream in order of time and within the window', () => {
    const simulation = simulate('demo', { seed: 1, until: UNTIL, days: 2 })
    let last = simulation.window.start
    for (const { time } of samplesOf(simulation)) {
      const at = parseInstant(time) ?? Number.NaN
      expect(at).toBeGreaterThanOrEqual(last)
      expect(at).toBeLessThanOrEqual(simulation.window.end)
      last = at
    }
  })

  test('says beforehand how many lines there will be', () => {
    for (const name of ['demo', 'goes-dark', 'small'] as const) {
      for (const { lines, expected } of simulate(name, { seed: 1, until: UNTIL, days: 1 })
        .streams) {
        expect([...lines]).toHaveLength(expected)
      }
    }
  })

  test('keeps its truth back until the telemetry has been read', () => {
    const simulation = simulate('small', { seed: 1, until: UNTIL })
    expect(() => simulation.truth()).toThrow('before the telemetry has been read')
  })

  test('knows its scenarios by name and by nothing else', () => {
    expect(Object.keys(SCENARIOS).every(isScenarioName)).toBe(true)
    expect(isScenarioName('toString')).toBe(false)
  })
})

describe('samples', () => {
  test('are what the contract asks for, with no field that it does not know', () => {
    const schema = acceleratorSampleSchema(LIMITS)
    for (const name of ['small', 'demo'] as const) {
      const days = name === 'small' ? 0.1 : 0.25
      for (const line of linesOf(simulate(name, { seed: 2, until: UNTIL, days }), TELEMETRY)) {
        const raw: object = JSON.parse(line)
        expect(schema.safeParse(raw).error).toBeUndefined()
        expect(readSample(raw, LIMITS)).toMatchObject({ ok: true, value: { extra: '' } })
      }
    }
  })

  test('have counters that grow by what the gauges say', () => {
    const last = new Map<string, Line>()
    for (const line of samplesOf(simulate('small', { seed: 5, until: UNTIL, days: 0.1 }))) {
      const before = last.get(line.device_id)
      last.set(line.device_id, line)
      if (before === undefined) continue
      // 132 SMs of an H100 tick at the clock; the tensor share of the ticks is the gauge.
      const ticks = 132 * line.sm_clock_mhz * 1e6 * line.interval_s
      expect(difference(line, before, 'sm_cycles_total')).toBeCloseTo(ticks, -1)
      expect(difference(line, before, 'mma_cycles_total')).toBeCloseTo(
        ticks * line.tensor_active,
        -1,
      )
      const joules = line.energy_total_j - before.energy_total_j
      expect(joules).toBe(line.power_w * line.interval_s)
    }
  })

  test('draw power between idle and limit', () => {
    for (const line of samplesOf(simulate('small', { seed: 5, until: UNTIL, days: 0.1 }))) {
      expect(line.power_w).toBeGreaterThanOrEqual(chips.H100.idle_w)
      expect(line.power_w).toBeLessThanOrEqual(chips.H100.tdp_w)
    }
  })
})

describe('the truth', () => {
  const cases = [
    { name: 'small', days: 0.25 },
    { name: 'domestic-trainer', days: 8 },
    { name: 'inference', days: 4 },
    { name: 'hpc', days: 4 },
    { name: 'background', days: 4 },
    { name: 'goes-dark', days: 4 },
  ] as const

  test.each(cases)('of $name is what the written samples add up to', ({ name, days }) => {
    const simulation = simulate(name, { seed: 11, until: UNTIL, days })
    const lines = [...samplesOf(simulation)]
    const { runs } = simulation.truth()
    expect(runs.length).toBeGreaterThan(0)
    for (const run of runs) {
      const own = lines.filter(({ node_id }) => node_id.startsWith(`${run.fleet}-`))
      const written = own.reduce((sum, line) => sum + operationsOf(line, run), 0)
      const reported = Number(run.operations_reported)
      expect(Math.abs(written - reported) / reported).toBeLessThan(1e-9)
    }
  })

  test('counts on where the telemetry stops or lies', () => {
    const dark = simulate('goes-dark', { seed: 1, until: UNTIL, days: 10 })
    const samples = [...samplesOf(dark)]
    const [run] = dark.truth().runs
    expect(samples.at(-1)?.time).toBe('2026-10-26T00:00:00.000Z')
    expect(Number(run?.operations_reported)).toBeLessThan(0.6 * Number(run?.operations))
    expect(run?.busy?.end).toBe('2026-10-30T22:00:00.000Z')

    const flawed = simulate('background', { seed: 1, until: UNTIL, days: 10 })
    const blind = [...samplesOf(flawed)].filter(({ node_id }) => node_id === 'va1-jl-002')
    expect(blind.every(line => line.tensor_active === 0 && line.sm_active === 0)).toBe(true)
    expect(blind.some(line => line.gpu_util > 0.9 && line.power_w > 5000)).toBe(true)
    const [juniper] = flawed.truth().runs
    expect(Number(juniper?.operations_reported)).toBeLessThan(Number(juniper?.operations))
  })

  test('rests on the same hardware figures as the catalogue', () => {
    const text = readFileSync(new URL('../../../config/accelerators.yaml', import.meta.url), 'utf8')
    const catalogue = catalogueFile.parse(parse(text))
    for (const chip of Object.values(chips)) {
      const listed = findChip(catalogue, chip.id)
      expect(listed?.id).toBe(chip.id)
      expect(listed?.peaks.dense_flop_per_s.bf16).toBe(chip.peak_ops_per_s.bf16)
      const fp8 = listed?.peaks.dense_flop_per_s.fp8
      expect(fp8 ?? chip.peak_ops_per_s.bf16).toBe(chip.peak_ops_per_s.fp8)
      expect(listed?.power.tdp_w).toBe(chip.tdp_w)
      if (listed?.clock) expect(listed.clock.ref_mhz).toBe(chip.clock_ref_mhz)
    }
  })
})

const TELEMETRY = 'telemetry.accelerator'

/** Written down anew from compute.md 1.2: tensor and FP64 work of one sample. */
function operationsOf(line: Line, run: RunTruth): number {
  const device_seconds = line.device_count * line.interval_s
  const clock = line.sm_clock_mhz / run.clock_ref_mhz
  const vector = (line.fp64_active ?? 0) * run.fp64_ops_per_s
  return (line.tensor_active * run.peak_ops_per_s + vector) * clock * device_seconds
}

function difference(
  after: Line,
  before: Line,
  field: 'mma_cycles_total' | 'sm_cycles_total',
): number {
  return (after[field] ?? Number.NaN) - (before[field] ?? Number.NaN)
}
