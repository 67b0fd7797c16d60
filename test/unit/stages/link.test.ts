import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { linkSettings } from '../../../src/domain/link-settings.ts'
import { HOUR_MS, toSqlTime } from '../../../src/domain/window.ts'
import { appendUsage } from '../../../src/ports/append-usage.ts'
import { createLink } from '../../../src/stages/link.ts'
import { addFindings, addIdentity, at, usageRow } from '../../support/case-world.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

// One store for the file (the engine allows one per process); the tests follow each other.
let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

const NOW = at('2026-03-02T00:00:00Z')

function openLink(every_s = 3600) {
  const clock = fakeClock()
  const build = createBuildNumbers(() => clock.now())
  return createLink({ store: opened.store, build, settings: linkSettings.parse({ every_s }) })
}

async function accesses(tenant_id: string, principal: string, ip: string) {
  await opened.store.append('accesses', [
    { access_id: tenant_id, tenant_id, principal, ip, time: toSqlTime(NOW - HOUR_MS) },
  ])
}

async function entities() {
  const rows = await opened.store.query('account-links-present', { limit: 100 })
  return rows.map(({ level, tenant_id, p }) => `${level} ${tenant_id} ${p}`)
}

test('records, accesses and the work itself link accounts that no owner does', async () => {
  const { store } = opened
  const shells = { one: 'card-1', two: 'card-1', three: 'card-3', four: 'card-4' }
  for (const [tenant_id, token] of Object.entries(shells)) {
    await addIdentity(store, 'account', tenant_id, { tenant_id, payment_instruments: [{ token }] })
  }
  await accesses('two', 'ops@shell', '203.0.113.7')
  await accesses('three', 'Ops@shell', '198.51.100.7')
  await addFindings(store, {
    finding_id: 'stalls',
    detector_id: 'cross-account-costall',
    tenants: ['three', 'four'],
  })
  const link = openLink()
  const { changed } = await link.relink(NOW)
  expect([...changed].sort()).toEqual(['four', 'one', 'three', 'two'])
  // payment 0.8 and principal 0.85 are likely, stalls 0.75 possible
  expect(await entities()).toEqual([
    'likely one 0.8',
    'likely three 0.85',
    'likely two 0.85',
    'possible four 0.75',
    'possible one 0.8',
    'possible three 0.85',
    'possible two 0.85',
  ])
  // within the hour nothing is looked at, afterwards nothing has changed
  expect(await link.relink(NOW + HOUR_MS / 2)).toEqual({ changed: [] })
  expect(await link.relink(NOW + HOUR_MS)).toEqual({ changed: [] })
})

test('their operations add up: sure in lo, likely in mid, all in hi', async () => {
  const { store } = opened
  const hour = '2026-03-01 10:00:00'
  const rows = ['one', 'two', 'three', 'four', 'nobody'].map(name => usageRow(name, hour, 100))
  await appendUsage(store, rows)
  const found = await store.query('entity-operations-rolling', {
    as_of: NOW,
    since: NOW - 48 * HOUR_MS,
    tenants: [],
    catalogue: '',
  })
  const [lo, mid, hi] = ['observed_lo', 'observed_mid', 'observed_hi'].map(column =>
    Number(rows[0]?.[column]),
  )
  expect(found).toMatchObject([
    { tenant_ids: ['four', 'one', 'three', 'two'], lo, mid: 3 * (mid ?? 0), hi: 4 * (hi ?? 0) },
  ])
})

test('a link that is gone is taken back', async () => {
  await addFindings(opened.store, {
    finding_id: 'stalls',
    detector_id: 'cross-account-costall',
    tenants: ['three', 'four'],
    version: 2,
    state: 'withdrawn',
  })
  const { changed } = await openLink(0).relink(NOW)
  // the entity was named after its first member, so the others have moved too
  expect([...changed].sort()).toEqual(['four', 'one', 'three', 'two'])
  expect(await entities()).not.toContain('possible four 0.75')
})
