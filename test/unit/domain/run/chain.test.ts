import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveSettings } from '../../../../src/domain/derive-settings.ts'
import { linkGangs } from '../../../../src/domain/run/chain.ts'
import type { Gang } from '../../../../src/domain/run/gang.ts'
import { restartProbability, stageProbability } from '../../../../src/domain/run/link.ts'
import { buildRuns } from '../../../../src/domain/run/run.ts'
import { gang } from './gangs.ts'

/** Odds as in the settings' defaults; a probability is 1 / (1 + e^-odds). */

const chain = deriveSettings.parse(undefined).chain
const HOUR = 60
const DAY = 24 * HOUR

const named = (gang_id: string, from: number, to: number, more: Partial<Gang> = {}) =>
  gang(from, to, { gang_id, first_device: gang_id, ...more })
const runsOf = (...gangs: Gang[]) =>
  buildRuns(linkGangs([], gangs, chain), chain)
    .map(run => run.gang_ids.join(' '))
    .sort()
const odds = (p: number) => Math.log(p / (1 - p))

describe('odds of a restart', () => {
  const first = gang(0, DAY)
  const before = { gang: first, began: first.start, level: first }
  const beyond = (left: number) =>
    1 - left * (60 / 59) * (1439 / 1440) - 0.003 - 0.8 * (1 / 60 + 1 / 1440)
  // ten minutes after a run of a day: -1.4 + nodes 1.5 + size 0.5 + signature 3
  test.each([
    ['the same again', {}, 3.6],
    // one of 60 samples is cut, and of 1440 before: given back, 0.95 × 60/59 × 1439/1440 of it is
    // left; 0.3 % are blurred and 0.8 of what is cut is doubt
    ['a twentieth less active', { tensor_mean: 0.38 }, 0.6 + 3 - 100 * beyond(0.95)],
    ['a tenth less active: the floor', { tensor_mean: 0.36 }, 0.6 - 3.3],
    ['half the activity', { tensor_mean: 0.2 }, 0.6 - 3.3],
    ['other nodes of the fabric', { nodes: ['91', '92'] }, -1.4 - 2.5 + 0.5 + 3],
    // one of three nodes in common: -2.5 + 4 × 1.25 / 3
    ['one of three nodes', { nodes: ['11', '93'] }, -1.4 - 2.5 + 5 / 3 + 0.5 + 3],
    ['half the devices', { devices: 4 }, 3.6 - 4 * Math.log(2)],
    ['nothing known of how it works', { tensor_mean: null, power_mean_w: null }, 0.6],
    // moved: -0.5 in place of the nodes
    ['another site', { site: 't', nodes: ['91'] }, -1.4 - 0.5 + 0.5 + 3],
  ] as const)('%s', (_, more, sum) => {
    const after = gang(DAY + 10, DAY + 70, more)
    expect(odds(restartProbability(before, after, chain))).toBeCloseTo(sum, 9)
  })

  test('grow with what the run had lasted', () => {
    // three days: 1.3 ln 3
    const long = { ...before, began: first.start - 2 * DAY * 60_000 }
    const after = gang(DAY + 10, DAY + 70)
    expect(odds(restartProbability(long, after, chain))).toBeCloseTo(3.6 + 1.3 * Math.log(3), 9)
  })

  test('after hours they are those of a resumption: long runs are resumed', () => {
    const at = (pause: number) => gang(DAY + pause, DAY + pause + HOUR)
    // a day before three hours: -5.2 + 1.3 ln(24 / 12) + 5
    const sum = odds(restartProbability(before, at(3 * HOUR), chain))
    expect(sum).toBeCloseTo(-0.2 + 1.3 * Math.log(2), 9)
    expect(restartProbability(before, at(24 * HOUR), chain)).toBeGreaterThan(0)
    expect(restartProbability(before, at(24 * HOUR + 1), chain)).toBe(0)
  })

  test('none on another chip, nor beside it for more than two minutes', () => {
    const p = (from: number, more: Partial<Gang> = {}) =>
      restartProbability(before, gang(from, from + HOUR, more), chain)
    expect(p(DAY + 5, { chip: 'beta' })).toBe(0)
    expect(p(DAY - 2)).toBeGreaterThan(0)
    expect(p(DAY - 3)).toBe(0)
  })
})

describe('odds of a later stage', () => {
  const first = gang(0, 4 * DAY)
  const before = { gang: first, began: first.start, level: first }

  test('another size does not count against it, and days may lie between', () => {
    // -2, same nodes 1, fabric 0.5, chip 0.5, works alike 1: never sure, never a lower bound
    const p = stageProbability(
      before,
      gang(9 * DAY, 10 * DAY, { devices: 1, nodes: ['11'] }),
      chain,
    )
    expect(odds(p)).toBeCloseTo(1, 9)
    expect(p).toBeLessThan(chain.p_sure)
  })

  test('what was over within three days made no model; after two weeks nobody knows', () => {
    const short = { ...before, began: first.end - 2 * 86_400_000 }
    expect(stageProbability(short, gang(5 * DAY, 6 * DAY), chain)).toBe(0)
    expect(stageProbability(before, gang(18 * DAY + 1, 19 * DAY), chain)).toBe(0)
  })
})

describe('runs', () => {
  test('an interruption of minutes does not end one', () => {
    expect(runsOf(named('a', 0, 60), named('b', 75, 200), named('c', 210, 300))).toEqual(['a b c'])
  })

  test('the next job of a queue on the same nodes is another', () => {
    // four hours later, a fifth more active: -5.2 - 1.3 ln(16/6) + 1.5 + 0.5 - 3.3
    const next = named('b', 600, 960, { tensor_mean: 0.5 })
    expect(runsOf(named('a', 0, 360), next)).toEqual(['a', 'b'])
  })

  test('two at once are two; two minutes of overlap are two clocks', () => {
    expect(runsOf(named('a', 0, 60), named('b', 30, 90))).toEqual(['a', 'b'])
    expect(runsOf(named('a', 0, 60), named('b', 58, 90))).toEqual(['a b'])
  })

  test('of two that may go on, the likelier does', () => {
    const other = { nodes: ['91', '92'], devices: 16 }
    const gangs = [
      named('a', 0, 60),
      named('b', 0, 60, other),
      named('c', 70, 100, other),
      named('d', 70, 100),
    ]
    expect(runsOf(...gangs)).toEqual(['a d', 'b c'])
  })

  test('between equals the shorter pause decides', () => {
    const gangs = [named('a', 0, 60), named('b', 0, 100), named('next', 110, 150)]
    expect(runsOf(...gangs)).toEqual(['a', 'b next'])
  })

  test('a run of 466 interruptions in 54 days is one run', () => {
    // one per 167 minutes, of which 15 are lost
    const gangs = Array.from({ length: 467 }, (_, index) =>
      named(`g${index}`, index * 167, index * 167 + 152, {
        devices: index % 20 === 7 ? 15 : 16,
        tensor_mean: 0.4 + 0.01 * Math.sin(index),
      }),
    )
    expect(buildRuns(linkGangs([], gangs, chain), chain)).toHaveLength(1)
  })

  describe('after an outage of hours on the first day', () => {
    // five hours after ten: -5.2 + 1.3 ln(10/20) + 5 = -1.1, and seen from two days on
    // -5.2 + 1.3 ln(58/20) + 5 = 1.2; two stretches of one run
    const before = named('before', 0, 10 * HOUR)
    const resumed = (to: number, more: Partial<Gang> = {}) => named('after', 15 * HOUR, to, more)
    const long = 15 * HOUR + 2 * DAY

    test('what goes on for two days began before it', () => {
      expect(runsOf(before, resumed(long - 1))).toEqual(['after', 'before'])
      expect(runsOf(before, resumed(long))).toEqual(['before after'])
    })

    test('that may be shown by later stretches: four minutes show nothing', () => {
      const sliver = resumed(15 * HOUR + 4, { tensor_mean: 0.2 })
      const next = named('next', 15 * HOUR + 20, long)
      expect(runsOf(before, sliver, next)).toEqual(['before after next'])
    })

    test('other work, other places and what something else goes on from stay apart', () => {
      expect(runsOf(before, resumed(long, { tensor_mean: 0.42 }))).toEqual(['after', 'before'])
      expect(runsOf(before, resumed(long, { fabric_id: 'g' }))).toEqual(['after', 'before'])
    })

    test('what another went on from is not taken away from it', () => {
      // four hours after twenty the same work is likely, 0.1; a hundredth more active it is not, -0.5
      const early = named('early', 0, 20 * HOUR)
      const heir = named('heir', DAY + 10, DAY + 5 * HOUR)
      const other = named('other', DAY, 3 * DAY, { tensor_mean: 0.404 })
      expect(runsOf(early, other)).toEqual(['early other'])
      expect(runsOf(early, other, heir)).toEqual(['early heir', 'other'])
    })

    test('two such outages part nothing', () => {
      const first = named('first', 0, 3 * HOUR)
      const second = named('second', 8 * HOUR, 18 * HOUR)
      const rest = named('rest', 22 * HOUR, 5 * DAY)
      expect(runsOf(first, second, rest)).toEqual(['first second rest'])
    })

    test('the links that look back stay as they are', () => {
      const linked = linkGangs([], [before, resumed(long)], chain)
      expect(linked[1]?.links.every(link => link.p < chain.p_likely)).toBe(true)
      expect(buildRuns(linked, chain)[0]?.segments[1]?.link_p).toBeGreaterThan(chain.p_likely)
    })
  })

  test('what began just before midnight finds its run the day after', () => {
    // two hours after twelve: -5.2 + 1.3 ln(12/8) + 5; the sliver alone shows no signature: 3 less
    const wentOn = [{ gang_id: 'sliver', p: 1, is_stage: false }]
    const before = named('before', 0, 12 * HOUR)
    const sliver = named('sliver', 14 * HOUR, 14 * HOUR + 2, { tensor_mean: 0.1 })
    const after = named('after', 14 * HOUR + 2, 24 * HOUR, { links: wentOn })
    expect(runsOf(before, sliver)).toEqual(['before', 'sliver'])
    expect(runsOf(before, sliver, after)).toEqual(['before sliver after'])
  })

  test('a ramp that was two becomes one where both stop and go on together', () => {
    const [quarter, rest] = [['11'], ['21', '22', '23']]
    const whole = { devices: 32, nodes: [...quarter, ...rest] }
    expect(
      runsOf(
        named('quarter', 0, 5 * HOUR, { nodes: quarter }),
        named('rest', 3 * HOUR, 5 * HOUR + 1, { devices: 24, nodes: rest }),
        named('whole', 5 * HOUR + 20, 9 * HOUR, whole),
      ),
    ).toEqual(['quarter rest whole'])
  })

  test('linked in two parts or at once, they are the same', () => {
    const shape = fc.record({
      from: fc.nat(4000),
      length: fc.integer({ min: 10, max: 900 }),
      tensor: fc.constantFrom(0.3, 0.4, 0.41),
      nodes: fc.subarray(['1', '2', '3'], { minLength: 1 }),
    })
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 12 }), fc.nat(4000), (shapes, cut) => {
        const gangs = shapes.map(({ from, length, tensor, nodes }, index) =>
          named(`g${index}`, from, from + length, { tensor_mean: tensor, nodes }),
        )
        const isEarly = (one: Gang) => one.start < gang(cut, cut + 1).start
        const early = linkGangs([], gangs.filter(isEarly), chain)
        const late = linkGangs(
          early,
          gangs.filter(one => !isEarly(one)),
          chain,
        )
        expect([...early, ...late]).toEqual(linkGangs([], gangs, chain))
      }),
      { numRuns: 300 },
    )
  })
})
