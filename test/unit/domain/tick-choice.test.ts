import { expect, test } from 'vitest'
import { chooseTenants, type DirtyTenant } from '../../../src/domain/tick-choice.ts'

function dirty(
  tenant_id: string,
  devices: number,
  waiting_since: number,
  isUrgent = false,
): DirtyTenant {
  return { tenant_id, devices, waiting_since, isUrgent }
}

const names = (tenants: readonly DirtyTenant[]) => tenants.map(tenant => tenant.tenant_id)

test('urgent tenants come first, small ones before large ones, then who has waited longest', () => {
  const all = [
    dirty('patient', 10, 1),
    dirty('fresh', 10, 5),
    dirty('large', 30, 4, true),
    dirty('small', 8, 6, true),
  ]
  expect(names(chooseTenants(all, 100))).toEqual(['small', 'large', 'patient', 'fresh'])
  expect(names(chooseTenants(all, 40))).toEqual(['small', 'large', 'patient'])
})

test('a tenant is never cut: the one that passes the bound is the last', () => {
  const all = [dirty('a', 60, 1), dirty('b', 60, 2), dirty('c', 60, 3)]
  expect(names(chooseTenants(all, 100))).toEqual(['a', 'b'])
  expect(names(chooseTenants([dirty('whole fleet', 1e6, 1)], 100))).toEqual(['whole fleet'])
})

test('however much is urgent, one of the others has its turn', () => {
  const urgent = Array.from({ length: 50 }, (_, at) => dirty(`new-${at}`, 10, at, true))
  const chosen = names(chooseTenants([...urgent, dirty('old', 10, 0), dirty('next', 10, 1)], 100))
  expect(chosen).toHaveLength(11)
  expect(chosen).toContain('old')
  expect(chosen).not.toContain('next')
})

test('tenants that keep coming back cannot keep others out', () => {
  // Each tick one tenant of eight is done and at once dirty again.
  let all = Array.from({ length: 8 }, (_, at) => dirty(`t${at}`, 60, at))
  const served = new Set<string>()
  for (let tick = 0; tick < 8; tick += 1) {
    const [first] = chooseTenants(all, 50)
    served.add(first?.tenant_id ?? '')
    all = all.map(tenant =>
      tenant.tenant_id === first?.tenant_id ? { ...tenant, waiting_since: 100 + tick } : tenant,
    )
  }
  expect(served.size).toBe(8)
})
