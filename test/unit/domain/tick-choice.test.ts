import { expect, test } from 'vitest'
import { chooseShares, type DirtyTenant, type Share } from '../../../src/domain/tick-choice.ts'

function dirty(
  tenant_id: string,
  devices: number,
  waiting_since: number,
  isUrgent = false,
): DirtyTenant {
  return { tenant_id, devices, waiting_since, isUrgent, next: null }
}

const names = (shares: readonly Share[]) => shares.map(share => share.tenant_id)

test('urgent tenants come first, small ones before large ones, then who has waited longest', () => {
  const all = [
    dirty('patient', 10, 1),
    dirty('fresh', 10, 5),
    dirty('large', 30, 4, true),
    dirty('small', 8, 6, true),
  ]
  expect(names(chooseShares(all, 100))).toEqual(['small', 'large', 'patient', 'fresh'])
  expect(names(chooseShares(all, 40))).toEqual(['small', 'large', 'patient'])
})

test('a tenant that fits is not cut: the one that passes the bound is the last', () => {
  const all = [dirty('a', 60, 1), dirty('b', 60, 2), dirty('c', 60, 3)]
  expect(names(chooseShares(all, 100))).toEqual(['a', 'b'])
  expect(chooseShares(all, 100).every(share => share.count === 1)).toBe(true)
})

test('a large tenant has its turn in slices, and whole where it is urgent', () => {
  const large = dirty('large', 390, 1)
  expect(chooseShares([large], 100)).toEqual([{ tenant_id: 'large', slice: 0, count: 4 }])
  expect(chooseShares([{ ...large, isUrgent: true }], 100)).toEqual([
    { tenant_id: 'large', slice: 0, count: 1 },
  ])
  const fits = chooseShares([{ ...large, devices: 100 }], 100)
  expect(fits).toEqual([{ tenant_id: 'large', slice: 0, count: 1 }])
})

test('slices that have begun go on first, in their number, whatever the tenant has by now', () => {
  const next = { tenant_id: 'large', slice: 2, count: 4 }
  const all = [dirty('patient', 10, 1), { ...dirty('large', 900, 5), next }]
  // a slice is 225 devices, which fills the tick
  expect(chooseShares(all, 100)).toEqual([next])
  expect(names(chooseShares(all, 300))).toEqual(['large', 'patient'])
})

test('a large tenant begins when it is the first in line, and keeps nobody out before', () => {
  const all = [dirty('a', 10, 1), dirty('large', 150, 2), dirty('b', 10, 3), dirty('c', 99, 4)]
  expect(names(chooseShares(all, 100))).toEqual(['a', 'b', 'c'])
  expect(chooseShares(all.slice(1), 100)).toEqual([
    { tenant_id: 'large', slice: 0, count: 2 },
    { tenant_id: 'b', slice: 0, count: 1 },
    { tenant_id: 'c', slice: 0, count: 1 },
  ])
})

test('however much is urgent, one of the others has its turn', () => {
  const urgent = Array.from({ length: 50 }, (_, at) => dirty(`new-${at}`, 10, at, true))
  const chosen = names(chooseShares([...urgent, dirty('old', 10, 0), dirty('next', 10, 1)], 100))
  expect(chosen).toHaveLength(11)
  expect(chosen).toContain('old')
  expect(chosen).not.toContain('next')
})

test('tenants that keep coming back cannot keep others out', () => {
  // Each tick one tenant of eight is done and at once dirty again.
  let all = Array.from({ length: 8 }, (_, at) => dirty(`t${at}`, 60, at))
  const served = new Set<string>()
  for (let tick = 0; tick < 8; tick += 1) {
    const [first] = chooseShares(all, 50)
    served.add(first?.tenant_id ?? '')
    all = all.map(tenant =>
      tenant.tenant_id === first?.tenant_id ? { ...tenant, waiting_since: 100 + tick } : tenant,
    )
  }
  expect(served.size).toBe(8)
})
