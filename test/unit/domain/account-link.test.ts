import { describe, expect, test } from 'vitest'
import {
  accountLinks,
  idf,
  linkedEntities,
  type Trace,
} from '../../../src/domain/identity/account-link.ts'
import { linkSettings, type TraceKind } from '../../../src/domain/link-settings.ts'
import { DAY_MS } from '../../../src/domain/window.ts'

/** A thousand accounts; what two of them share is as rare as can be. */

const settings = linkSettings.parse(undefined)
const NOW = Date.UTC(2026, 0, 1)
const trace = (kind: TraceKind, tenants: readonly string[], days_ago = 0): Trace => ({
  kind,
  value: `${kind}-1`,
  holders: tenants.map(tenant_id => ({ tenant_id, at: NOW - days_ago * DAY_MS })),
})
const linksOf = (...traces: Trace[]) => accountLinks(traces, 1000, NOW, settings)
const entitiesOf = (...traces: Trace[]) =>
  linkedEntities(linksOf(...traces), settings).map(
    ({ level, tenant_id }) => `${level} ${tenant_id}`,
  )

describe('a link', () => {
  test('adds independent kinds up: 1 - (1 - 0.8)(1 - 0.6)', () => {
    const [link] = linksOf(trace('payment', ['a', 'b']), trace('phone', ['a', 'b']))
    expect(link).toMatchObject({ a: 'a', b: 'b', p: expect.closeTo(0.92, 12) })
    expect(link?.evidence.map(({ kind }) => kind)).toEqual(['payment', 'phone'])
  })

  test('needs more than a network in common; an address implies its network', () => {
    expect(linksOf(trace('network', ['a', 'b']))).toEqual([])
    const [link] = linksOf(trace('ip', ['a', 'b']), trace('network', ['a', 'b']))
    expect(link?.p).toBeCloseTo(0.5, 12)
  })

  test('fades: an address seen a month ago says half, 0.25, and with a payer 1 - 0.2 × 0.75', () => {
    expect(linksOf(trace('ip', ['a', 'b'], 30))).toEqual([])
    const [link] = linksOf(trace('ip', ['a', 'b'], 30), trace('payment', ['a', 'b'], 300))
    expect(link?.p).toBeCloseTo(0.85, 12)
  })

  test('says less the more share it: ln(1000 / 10) / ln(1000 / 2) of ten', () => {
    expect(idf(1000, 2)).toBe(1)
    expect(idf(1000, 10)).toBeCloseTo(Math.log(100) / Math.log(500), 12)
    expect(idf(1000, 1000)).toBe(0)
    const offices = Array.from({ length: 51 }, (_, index) => `t${index}`)
    expect(linksOf(trace('payment', offices))).toEqual([])
  })
})

describe('entities', () => {
  test('are joined at each level by the links that reach it', () => {
    // payment 0.8 is likely, stalls 0.75 are possible
    expect(entitiesOf(trace('payment', ['a', 'b']), trace('stall', ['b', 'c']))).toEqual([
      'possible a',
      'possible b',
      'possible c',
      'likely a',
      'likely b',
    ])
  })

  test('of more than fifty accounts are cut again at 0.9', () => {
    const chain = Array.from({ length: 60 }, (_, index) =>
      trace('phone', [`t${index}`, `t${index + 1}`]),
    )
    const strong = [trace('payment', ['t0', 't1']), trace('principal', ['t0', 't1'])]
    // 1 - 0.4 × 0.2 × 0.15 = 0.988
    expect(entitiesOf(...chain.map((one, i) => ({ ...one, value: `${i}` })), ...strong)).toEqual([
      'possible t0',
      'possible t1',
      'likely t0',
      'likely t1',
      'sure t0',
      'sure t1',
    ])
  })
})
