import { describe, expect, test } from 'vitest'
import { deriveSettings } from '../../../../src/domain/derive-settings.ts'
import { type Chain, chainGangs, linkScore } from '../../../../src/domain/run/chain.ts'
import type { Gang } from '../../../../src/domain/run/gang.ts'
import { gang } from './gangs.ts'

const settings = deriveSettings.parse(undefined).chain
const DAY = 24 * 60

const idsOf = (chains: readonly Chain[]) =>
  chains.map(chain => chain.map(link => link.gang.gang_id))
const chained = (...gangs: Gang[]) => idsOf(chainGangs(gangs, settings))
const named = (gang_id: string, from: number, to: number, more: Partial<Gang> = {}) =>
  gang(from, to, { gang_id, ...more })

describe('score of a link', () => {
  // weights: nodes .30, size .20, signature .20, scaled to what is known
  test.each([
    ['the same again', {}, 1],
    // nodes 0: (.2 + .2) / .7
    ['other nodes of the fabric', { nodes: ['91', '92'] }, 0.4 / 0.7],
    // half the nodes in common: 1 of 3
    ['one of three nodes', { nodes: ['11', '93'] }, (0.3 / 3 + 0.4) / 0.7],
    // half the size: 1 − ln 2 / ln 4 = 0.5
    ['half the devices', { devices: 4 }, (0.3 + 0.1 + 0.2) / 0.7],
    ['a fourth of the devices', { devices: 2 }, 0.5 / 0.7],
    ['a tenth of the devices', { devices: 1 }, 0.5 / 0.7],
    // activity halved: mean of 0.5 and 1
    ['half the activity', { tensor_mean: 0.2 }, (0.3 + 0.2 + 0.15) / 0.7],
    ['nothing known of how it works', { tensor_mean: null, power_mean_w: null }, 1],
    // moved: nodes say nothing, (.2 + .2) / .4
    ['another fabric', { fabric_id: 'g', nodes: ['91'] }, 1],
    ['another site', { site: 't', nodes: ['91'], devices: 4 }, 0.3 / 0.4],
    ['another chip', { chip: 'beta' }, 0],
  ] as const)('%s', (_, more, score) => {
    expect(linkScore(gang(0, 60), gang(70, 130, more))).toBeCloseTo(score, 12)
  })
})

describe('chains', () => {
  test('an interruption of minutes does not end a run', () => {
    expect(chained(named('a', 0, 60), named('b', 75, 200), named('c', 210, 300))).toEqual([
      ['a', 'b', 'c'],
    ])
  })

  test('half an hour is the last pause at which other nodes suffice', () => {
    // 0.57: enough up to 30 minutes (0.4), not beyond (0.6)
    const nodes = ['91', '92']
    expect(chained(named('a', 0, 60), named('b', 90, 150, { nodes }))).toEqual([['a', 'b']])
    expect(chained(named('a', 0, 60), named('b', 91, 150, { nodes }))).toEqual([['a'], ['b']])
  })

  test('a day is the last pause at all', () => {
    expect(chained(named('a', 0, 60), named('b', 60 + DAY, 2 * DAY))).toEqual([['a', 'b']])
    expect(chained(named('a', 0, 60), named('b', 61 + DAY, 2 * DAY))).toEqual([['a'], ['b']])
  })

  test('two at once are two runs; two minutes of overlap are two clocks', () => {
    expect(chained(named('a', 0, 60), named('b', 30, 90))).toEqual([['a'], ['b']])
    expect(chained(named('a', 0, 60), named('b', 58, 90))).toEqual([['a', 'b']])
  })

  test('of two open runs the one that is more alike goes on', () => {
    const other = { nodes: ['91', '92'], devices: 16 }
    expect(
      chained(
        named('a', 0, 60),
        named('b', 0, 60, other),
        named('c', 70, 100, other),
        named('d', 70, 100),
      ),
    ).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ])
  })

  test('between equals the shorter pause decides', () => {
    const [old, fresh] = [named('a', 0, 60), named('b', 0, 100)]
    expect(chained(old, fresh, named('next', 110, 150))).toEqual([['a'], ['b', 'next']])
  })

  test('the order in which gangs come does not matter', () => {
    const gangs = [named('a', 0, 60), named('b', 75, 200), named('x', 0, 500, { chip: 'beta' })]
    expect(chained(...gangs)).toEqual(chained(...[...gangs].reverse()))
  })

  test('links carry their score, the first is sure', () => {
    const [chain] = chainGangs([named('a', 0, 60), named('b', 70, 90, { devices: 4 })], settings)
    expect(chain?.map(link => link.link_p)).toEqual([1, expect.closeTo(0.6 / 0.7, 12)])
  })
})
