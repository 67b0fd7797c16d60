import { describe, expect, test } from 'vitest'
import {
  calendarClock,
  type Facts,
  isPresumed,
  judgeCriteria,
  judgeThreshold,
  type Regime,
  regimeFaults,
  regimeFile,
  regimeThresholds,
} from '../../../src/domain/regime.ts'
import { shipped } from '../../support/reference.ts'

function pack(id: string): Regime {
  const found = shipped.regimes.get(id)
  if (!found) throw new Error(`no pack ${id}`)
  return found.regime
}

function judge(id: string, threshold: string, facts: Facts) {
  const rule = pack(id).thresholds.find(part => part.id === threshold)
  if (!rule) throw new Error(`no threshold ${threshold}`)
  return judgeThreshold(rule, facts)
}

const CLUSTER: Facts = {
  cluster_peak_ops_per_s: 1e20,
  cluster_link_gbps: 400,
  cluster_single_site: true,
}

describe('boundaries are those of the text', () => {
  test.each([
    ['us-iaas-2024', 'training_operations', { training_operations: 1e26 }, 'not_met'],
    ['us-iaas-2024', 'training_operations', { training_operations: 1.0000001e26 }, 'met'],
    ['us-eo14110-interim', 'T-01a', { training_operations: 1e26 }, 'not_met'],
    ['us-eo14110-interim', 'T-01b', { cluster_peak_ops_per_s: 1e20 }, 'met'],
    ['us-eo14110-interim', 'T-01b', { cluster_peak_ops_per_s: 0.9999999e20 }, 'not_met'],
    ['us-eo14110-interim', 'T-01b-link', { cluster_link_gbps: 100 }, 'not_met'],
    ['us-eo14110-interim', 'T-01b-link', { cluster_link_gbps: 100.1 }, 'met'],
    ['us-bis-2024', 'T-03a', { training_operations: 1e26 }, 'not_met'],
    ['us-bis-2024', 'T-03b', { cluster_peak_ops_per_s: 1e20 }, 'not_met'],
    ['us-bis-2024', 'T-03b-link', { cluster_link_gbps: 300 }, 'not_met'],
    ['us-iaas-2024', 'ownership_share', { ownership_share: 0.25 }, 'met'],
    ['us-iaas-2024', 'ownership_share', { ownership_share: 0.2499 }, 'not_met'],
    ['eu-ai-act-51', 'T-08', { training_operations: 1e25 }, 'not_met'],
    ['us-iaas-2024', 'cluster_site', { cluster_single_site: null }, 'unknown'],
    ['us-iaas-2024', 'training_operations', {}, 'unknown'],
  ] as const)('%s %s with %j is %s', (id, threshold, facts, verdict) => {
    expect(judge(id, threshold, facts)).toBe(verdict)
  })
})

describe('criteria', () => {
  test('1.0000001e26 on a cluster of 0.9e20: the order needs both, the house rule one', () => {
    const facts = { ...CLUSTER, training_operations: 1.0000001e26, cluster_peak_ops_per_s: 0.9e20 }
    expect(judgeCriteria(pack('us-eo14110-interim'), facts)).toBe('not_met')
    expect(judgeCriteria(pack('us-bis-2024'), facts)).toBe('met')
    expect(judgeCriteria(pack('us-iaas-2024'), facts)).toBe('met')
  })

  test('2e26 on two sites of 6e19 each: no single datacenter, and the house rule still applies', () => {
    const facts = {
      training_operations: 2e26,
      cluster_peak_ops_per_s: 6e19,
      cluster_link_gbps: 400,
      cluster_single_site: false,
    }
    expect(judgeCriteria(pack('us-eo14110-interim'), facts)).toBe('not_met')
    expect(judgeCriteria(pack('us-iaas-2024'), facts)).toBe('met')
  })

  test('what is unknown decides nothing, unless the rest already does', () => {
    const iaas = pack('us-iaas-2024')
    const order = pack('us-eo14110-interim')
    expect(judgeCriteria(iaas, { training_operations: 1e20 })).toBe('unknown')
    expect(judgeCriteria(iaas, { training_operations: 2e26 })).toBe('met')
    expect(judgeCriteria(order, { training_operations: 2e26 })).toBe('unknown')
    expect(judgeCriteria(order, { cluster_link_gbps: 50 })).toBe('not_met')
    expect(judgeCriteria(order, { ...CLUSTER, training_operations: 2e26 })).toBe('met')
  })
})

describe('the default pack', () => {
  const iaas = pack('us-iaas-2024')

  test('says that it has no legal force', () => {
    expect([iaas.status, iaas.legal_force]).toEqual(['proposed', false])
    expect(iaas.banner).toContain('NOT IN FORCE')
    expect(iaas.banner).toContain('withdrawn in December 2025')
  })

  test('has the ten clocks; only deadlines in calendar days can be run', () => {
    expect(iaas.clocks.map(clock => clock.id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `DL-${index + 1}`),
    )
    expect(calendarClock(iaas, 'DL-1')).toEqual({ id: 'DL-1', days: 15 })
    expect(calendarClock(iaas, 'DL-3')).toEqual({ id: 'DL-3', days: 30 })
    // A year, and a floor instead of a deadline.
    expect(calendarClock(iaas, 'DL-8')).toBeNull()
    expect(calendarClock(iaas, 'DL-9')).toBeNull()
    expect(calendarClock(iaas, 'DL-11')).toBeNull()
  })

  test('lists every field of parts A and B, and what telemetry can never know', () => {
    const ids = iaas.fields.filter(field => field.part !== 'C').map(field => field.id)
    expect(ids).toEqual([
      ...['R-A1', 'R-A2', 'R-A3', 'R-A4', 'R-A5', 'R-A6'],
      ...['R-B0', 'R-B1', 'R-B2', 'R-B3', 'R-B4', 'R-B5', 'R-B6'],
    ])
    const weights = iaas.fields.find(field => field.id === 'R-B4')
    expect([weights?.from, weights?.telemetry]).toEqual(['customer', 'cannot'])
  })

  test('gives detectors its limits by metric, strictness included', () => {
    expect(regimeThresholds(iaas, 'h')).toEqual({
      id: 'us-iaas-2024',
      hash: 'h',
      thresholds: {
        training_operations: { value: '1e26', compare: 'above' },
        cluster_peak_ops_per_s: { value: '1e20', compare: 'at_least' },
        cluster_link_gbps: { value: '100', compare: 'above' },
        ownership_share: { value: '0.25', compare: 'at_least' },
      },
    })
  })
})

test.each([
  ['ca-sb53', 'in_force', true],
  ['eu-ai-act-51', 'in_force', true],
  ['ny-raise', 'enacted_not_effective', false],
  ['us-bis-2024', 'proposed', false],
  ['us-eo14110-interim', 'revoked', false],
])('%s is %s', (id, status, force) => {
  expect([pack(id).status, pack(id).legal_force]).toEqual([status, force])
})

test('a presumption combines signals and only ever opens a case', () => {
  const base = pack('us-iaas-2024').presumption
  if (!base) throw new Error('the pack has a presumption')
  const signals = [
    { id: 'a', weight: 1 },
    { id: 'b', weight: 2 },
    { id: 'c', weight: 3 },
  ]
  const rule = { ...base, signals, at_least: 3 }
  const held = (...ids: string[]) => new Set(ids)
  expect(isPresumed({ ...rule, combinator: 'any_of' }, held('b'))).toBe(true)
  expect(isPresumed({ ...rule, combinator: 'any_of' }, held('z'))).toBe(false)
  expect(isPresumed({ ...rule, combinator: 'k_of_n' }, held('a', 'b'))).toBe(false)
  expect(isPresumed({ ...rule, combinator: 'k_of_n' }, held('a', 'b', 'c'))).toBe(true)
  expect(isPresumed({ ...rule, combinator: 'weighted' }, held('a', 'b'))).toBe(true)
  expect(isPresumed({ ...rule, combinator: 'weighted' }, held('b'))).toBe(false)
  expect(base.effect).toBe('opens_case')
})

test('a pack cannot claim force that its status does not give', () => {
  const claimed = regimeFile.safeParse({ ...pack('us-iaas-2024'), legal_force: true })
  expect(claimed.error?.issues.map(issue => issue.path.join('.'))).toEqual(['legal_force'])
})

test('criteria that name a threshold nobody defined, and ids defined twice, are faults', () => {
  const sound = pack('ca-sb53')
  const spoiled: Regime = {
    ...sound,
    criteria: { all: [{ threshold: 'T-05' }, { any: [{ threshold: 'T-99' }] }] },
    thresholds: [...sound.thresholds, ...sound.thresholds.slice(0, 1)],
  }
  expect(regimeFaults(spoiled)).toEqual([
    'T-05 is defined twice',
    'criteria name T-99, which thresholds do not define',
  ])
})
