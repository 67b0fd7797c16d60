import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  classifyWorkload,
  WORKLOAD_FEATURES,
  type WorkloadFeatures,
  workloadClassFile,
} from '../../../src/domain/workload-class.ts'
import { termText, workloadText } from '../../../src/domain/workload-text.ts'
import { shipped } from '../../support/reference.ts'
import { projectFolder } from '../../support/store.ts'

const NOTHING = Object.fromEntries(
  WORKLOAD_FEATURES.map(name => [name, null]),
) as unknown as WorkloadFeatures
const of = (known: Partial<WorkloadFeatures>) =>
  classifyWorkload({ ...NOTHING, ...known }, shipped.workload)

describe('hand-worked odds', () => {
  test('nothing known: the base of −1.5, 18 %', () => {
    const { log_odds, p_train, terms } = of({})
    expect(log_odds).toBe(-1.5)
    expect(p_train).toBeCloseTo(0.1824, 4) // 1 / (1 + e^1.5)
    expect(terms.every(({ holds }) => holds === null)).toBe(true)
  })

  test('tensor units busy for 0.3 of the time: −1.5 + 1.2', () => {
    expect(of({ tensor_mean: 0.3 }).log_odds).toBeCloseTo(-0.3)
    expect(of({ tensor_mean: 0.3 }).p_train).toBeCloseTo(0.4256, 4)
    expect(of({ tensor_mean: 0.24 }).log_odds).toBe(-1.5)
  })

  test('level through the day adds 0.7, following the day takes 0.8, between does neither', () => {
    expect(of({ diurnal_amplitude: 0.02 }).log_odds).toBeCloseTo(-0.8)
    expect(of({ diurnal_amplitude: 0.4 }).log_odds).toBeCloseTo(-2.3)
    expect(of({ diurnal_amplitude: 0.1 }).log_odds).toBe(-1.5)
  })

  test('a dense run with everything measured: −1.5 + 1.2 + .8 + .8 + .4 + .8 + .7 + .7 + .3 + .7 + 1 + .4', () => {
    const { log_odds, in_distribution } = of({
      tensor_mean: 0.4,
      tensor_of_sm: 0.5,
      net_symmetry: 0.98,
      net_bytes_per_s: 3e9,
      nvlink_bytes_per_s: 2e10,
      device_spread: 0.02,
      duration_hours: 72,
      diurnal_amplitude: 0.01,
      power_variation: 0.04,
      writes_per_day: 6,
      write_interval_variation: 0.05,
      write_size_variation: 0.01,
      restarts_per_day: 3,
      devices: 512,
      memory_over_tensor: 0.02,
      fp64_mean: 0,
      power_share: 0.8,
    })
    expect(log_odds).toBeCloseTo(6.3)
    expect(in_distribution).toBe(true)
  })
})

describe('what was not measured', () => {
  const collective = (known: Partial<WorkloadFeatures>) =>
    of(known).terms.find(({ id }) => id === 'collective-traffic')?.holds

  test('leaves a term open, unless another of its conditions fails already', () => {
    expect(collective({ net_symmetry: 0.9 })).toBe(null)
    expect(collective({ net_bytes_per_s: 1e8 })).toBe(false)
    expect(collective({ net_symmetry: 0.9, net_bytes_per_s: 6e8 })).toBe(true)
  })

  test('counts as outside of what the weights were made for, and the words say so', () => {
    const found = of({ devices: 4, duration_hours: 30, tensor_mean: 0.4 })
    expect(found.in_distribution).toBe(false)
    expect(found.outside).toEqual(['power_share', 'devices'])
    expect(workloadText(found)).toBe(
      'likelihood of training 0.60 (log-odds +0.4 from −1.5), for ranking only; a guess: power share, devices outside of what the weights were made for',
    )
  })

  test('is told term by term', () => {
    const [first] = of({ tensor_mean: 0.412345 }).terms
    expect(first && termText(first)).toMatch(/^\+1\.2 tensor-work: tensor mean 0\.412; /)
    const [second] = of({ tensor_mean: 0.1 }).terms
    expect(second && termText(second)).toMatch(/^0 tensor-work \(\+1\.2 if it held\): /)
  })
})

test('no term can be without a condition or name a feature that nobody measures', () => {
  const term = { id: 'a', weight: 1, why: 'w', source: 's' }
  const file = (all: unknown) => ({ base: 0, terms: [{ ...term, all }], range: {} })
  const accepted = (all: unknown) => workloadClassFile.safeParse(file(all)).success
  expect(accepted([])).toBe(false)
  expect(accepted([{ feature: 'mood', at_least: 1 }])).toBe(false)
  expect(accepted([{ feature: 'devices' }])).toBe(false)
  expect(accepted([{ feature: 'devices', at_least: 1 }])).toBe(true)
})

test('it ranks and never clears: what judges does not know of it', () => {
  const judging = ['stages/detect', 'stages/triage', 'stages/attribute', 'domain/band', 'pipeline']
  const texts = judging.map(name => readFileSync(`${projectFolder}/src/${name}.ts`, 'utf8'))
  expect(texts.filter(text => /workload-class|classify|p_train/.test(text))).toEqual([])
  expect(JSON.stringify(shipped.rows)).not.toContain('tensor-work')
})
