import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge, nearestMiss, probabilityAbove } from '../../../src/domain/band.ts'
import { type Detector, STATES } from '../../../src/domain/detector.ts'
import type { Measurement } from '../../../src/domain/finding.ts'
import { defaultDetector } from '../../support/detectors.ts'

const runs = defaultDetector('run-operations-threshold')

function measured(lo: number, mid: number, hi: number, figures = {}): Measurement {
  const known = { observed_share: 1, known_chip_share: 1, gauged_share: 1, ...figures }
  const row = { subject_id: 's', tenant_ids: ['t'], start: 0, end: 1, facts: {} }
  return { ...row, lo, mid, hi, figures: known }
}

function withThreshold(detector: Detector, name: string, value: string): Detector {
  const parameter = detector.parameters[name]
  if (!parameter) throw new Error(`no parameter ${name}`)
  return { ...detector, parameters: { ...detector.parameters, [name]: { ...parameter, value } } }
}

const stateOf = (detector: Detector, measurement: Measurement): string => {
  const { outcome } = judge(detector, measurement)
  return outcome.kind === 'finding' ? outcome.state : outcome.kind
}

describe('bands', () => {
  // Strict: the text says "more than 1e26", so exactly 1e26 does not pass. The next number that a
  // double holds above 1e26 is 1e26 + 2^34.
  test.each([
    [1e26, 'presume'],
    [1e26 + 2 ** 34, 'crossed'],
  ])('a lower bound of %d under a middle that passes: %s', (lo, state) => {
    expect(stateOf(runs, measured(lo, 1.5e26, 2e26))).toBe(state)
  })

  test('all three bounds at exactly 1e26 are clear', () => {
    expect(stateOf(runs, measured(1e26, 1e26, 1e26))).toBe('clear')
  })

  test('a cluster of exactly 1e20 passes: that text has no "more than"', () => {
    const cluster = defaultDetector('cluster-capacity')
    expect(stateOf(cluster, measured(1e20, 1e20, 1e20))).toBe('present')
  })

  test('missing data makes clear inconclusive, but never takes a finding back', () => {
    const blind = { observed_share: 0.1 }
    expect(stateOf(runs, measured(1, 2, 3, blind))).toBe('inconclusive')
    expect(stateOf(runs, measured(2e26, 3e26, 4e26, blind))).toBe('crossed')
  })

  test.each([
    [0.5, 'presume'],
    [0.49, 'could'],
  ])('the middle passes and %d of it rests on gauges: %s', (gauged_share, state) => {
    expect(stateOf(runs, measured(5e25, 1.5e26, 2e26, { gauged_share }))).toBe(state)
  })

  test('the lower bound needs no gauges, and their lack takes nothing from the upper one', () => {
    const blind = { gauged_share: 0 }
    expect(stateOf(runs, measured(1.1e26, 1.5e26, 2e26, blind))).toBe('crossed')
    expect(stateOf(runs, measured(1e24, 5e25, 1.1e26, blind))).toBe('could')
  })

  test('a figure that the query does not return is a fault, not an answer', () => {
    const row = { ...measured(1, 2, 3), figures: {} }
    expect(() => judge(runs, row)).toThrow('run-operations-threshold measures no figure')
  })
})

test('nearest miss is the largest share of a boundary that was not passed', () => {
  // hi 9e25 of 1e26; lo and mid are further away
  expect(nearestMiss(runs, measured(1e25, 5e25, 9e25))).toBeCloseTo(0.9, 12)
})

describe('probability of being above', () => {
  test('the middle at the threshold is even odds', () => {
    expect(probabilityAbove({ lo: 5e25, mid: 1e26, hi: 2e26 }, 1e26)).toBeCloseTo(0.5, 7)
  })

  test('the lower end of a 90 % interval at the threshold is 95 %, the upper end 5 %', () => {
    expect(probabilityAbove({ lo: 1e26, mid: 2e26, hi: 4e26 }, 1e26)).toBeCloseTo(0.95, 3)
    expect(probabilityAbove({ lo: 2.5e25, mid: 5e25, hi: 1e26 }, 1e26)).toBeCloseTo(0.05, 3)
  })

  test('each side has its own width: a low lower end does not make the upper end likelier', () => {
    expect(probabilityAbove({ lo: 1e24, mid: 5e25, hi: 1e26 }, 1e26)).toBeCloseTo(0.05, 3)
    expect(probabilityAbove({ lo: 1e26, mid: 8e26, hi: 9e26 }, 1e26)).toBeCloseTo(0.95, 3)
  })

  test('exact values are certain', () => {
    expect(probabilityAbove({ lo: 1, mid: 1, hi: 1 }, 2)).toBe(0)
    expect(probabilityAbove({ lo: 3, mid: 3, hi: 3 }, 2)).toBe(1)
  })
})

// The detectors whose every band only ever compares upwards; linked-entity-aggregate is left out,
// since it is about the difference between a group and its members.
const RISING = [
  'run-operations-threshold',
  'entity-rolling-ceiling',
  'capacity-could-result',
  'unknown-identity-material-compute',
].map(defaultDetector)

const operations = fc.double({ min: 1e20, max: 1e28, noNaN: true })
const interval = fc
  .tuple(operations, operations, operations)
  .map(bounds => bounds.toSorted((a, b) => a - b))
const order: readonly string[] = STATES
const rank = (state: string): number => order.indexOf(state)

test('more compute never lowers a state', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RISING),
      interval,
      fc.double({ min: 1, max: 1000, noNaN: true }),
      (detector, [lo = 0, mid = 0, hi = 0], factor) => {
        const before = rank(stateOf(detector, measured(lo, mid, hi)))
        const after = rank(stateOf(detector, measured(lo * factor, mid * factor, hi * factor)))
        expect(after).toBeGreaterThanOrEqual(before)
      },
    ),
  )
})

test('raising a threshold never adds a finding or raises a state', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RISING),
      interval,
      fc.tuple(operations, operations),
      (detector, [lo = 0, mid = 0, hi = 0], thresholds) => {
        const [low = 0, high = 0] = thresholds.toSorted((a, b) => a - b)
        const at = (value: number) =>
          rank(
            stateOf(
              withThreshold(detector, 'operations_max', String(value)),
              measured(lo, mid, hi),
            ),
          )
        expect(at(high)).toBeLessThanOrEqual(at(low))
      },
    ),
  )
})
