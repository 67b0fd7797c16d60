import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { groupId } from '../../../src/domain/finding.ts'
import { formatInstant, HOUR_MS, toSqlTime } from '../../../src/domain/window.ts'
import { appendUsage } from '../../../src/ports/append-usage.ts'
import { createAttribute } from '../../../src/stages/attribute.ts'
import { readCases } from '../../../src/stages/cases/ledger.ts'
import { createGroup } from '../../../src/stages/group.ts'
import { createTriage } from '../../../src/stages/triage.ts'
import {
  addFindings,
  addIdentity,
  addShell,
  addUsCustomer,
  at,
  TRIAGE,
  usageRow,
} from '../../support/case-world.ts'
import { POLICY } from '../../support/identity.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

// One store for the file (the engine allows one per process); every test has tenants of its own.
let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

function stages() {
  const { store } = opened
  const clock = fakeClock()
  const build = createBuildNumbers(() => clock.now())
  const group = createGroup({ store, build, ownership: POLICY.ownership })
  const attribute = createAttribute({ store, policy: POLICY })
  const triage = createTriage({ store, policy: TRIAGE })
  return async (time: string) => {
    const groups = await group.regroup(at(time))
    const attributed = await attribute.determine(at(time))
    return { groups, attributed, triaged: await triage.triage(at(time)) }
  }
}

async function casesOf(tenant: string) {
  const cases = await readCases(opened.store)
  return cases.filter(found => found.tenants.includes(tenant))
}

async function eventKinds(case_id: string) {
  const events = await opened.store.query('case-events-all', { cases: [case_id], limit: 1000 })
  return events.map(event => event.kind)
}

test('a foreign owner behind the compute opens one case; a US customer and a quiet tick none', async () => {
  const { store } = opened
  await addShell(store, 'shell-a')
  await addUsCustomer(store, 'home-a', 'us-a')
  await addFindings(
    store,
    { finding_id: 'fnd-a1', tenants: ['shell-a'] },
    { finding_id: 'fnd-a2', tenants: ['home-a'] },
  )
  const tick = stages()
  await tick('2026-03-02')
  const [found] = await casesOf('shell-a')
  expect(found).toMatchObject({
    state: 'detected',
    ordinal: 1,
    prong: 1,
    group_id: groupId(['shell-a']),
  })
  expect(found?.findings).toMatchObject([
    { finding_id: 'fnd-a1', role: 'opener', status: 'foreign', status_basis: 'BO-1' },
  ])
  expect(await casesOf('home-a')).toEqual([])
  const again = await tick('2026-03-03')
  expect(again).toMatchObject({
    attributed: { determined: 0 },
    triaged: { events: 0 },
    groups: { changed: [] },
  })
})

test('signals join an open case of their group but open none', async () => {
  const { store } = opened
  await addShell(store, 'shell-b')
  const signal = { raises: 'signal', unit: 'ratio', state: 'present' }
  await addFindings(store, { finding_id: 'fnd-b1', tenants: ['shell-b'], ...signal })
  const tick = stages()
  await tick('2026-03-02')
  expect(await casesOf('shell-b')).toEqual([])
  await addFindings(store, { finding_id: 'fnd-b2', tenants: ['shell-b'] })
  await tick('2026-03-03')
  await addFindings(store, { finding_id: 'fnd-b3', tenants: ['shell-b'], ...signal })
  await tick('2026-03-04')
  const [found] = await casesOf('shell-b')
  expect(found?.findings.map(mark => [mark.finding_id, mark.role])).toEqual([
    ['fnd-b1', 'signal'],
    ['fnd-b2', 'opener'],
    ['fnd-b3', 'signal'],
  ])
})

test('low severity, clear states and other units open nothing', async () => {
  const { store } = opened
  await addFindings(
    store,
    { finding_id: 'fnd-c1', tenants: ['nobody-c'], severity: 'low' },
    { finding_id: 'fnd-c2', tenants: ['nobody-c'], unit: 'operations_per_s' },
    { finding_id: 'fnd-c3', tenants: ['nobody-c'], state: 'withdrawn' },
  )
  await stages()('2026-03-02')
  expect(await casesOf('nobody-c')).toEqual([])
})

test('late identity changes the determination, back to the time of use, and says so in the case', async () => {
  const { store } = opened
  // Bought in January; recorded on 10 March, after the finding.
  await addShell(store, 'shell-d', { from: '2026-01-15', known: '2026-03-10' })
  await addFindings(store, { finding_id: 'fnd-d', tenants: ['shell-d'] })
  const tick = stages()
  await tick('2026-03-09')
  expect(await casesOf('shell-d')).toEqual([])
  const late = await tick('2026-03-10')
  expect(late.attributed.changed).toBe(1)
  expect((await casesOf('shell-d'))[0]?.findings[0]).toMatchObject({ status: 'foreign' })
})

test('the transaction is the hour in which the bound of the state passed the threshold', async () => {
  const { store } = opened
  await addShell(store, 'shell-e')
  // 4e25 an hour from 00:00: the mid passes 1e26 in the third hour (8e25, then 1.2e26).
  const hours = [0, 1, 2, 3].map(hour => {
    const time = formatInstant(at('2026-02-05') + hour * HOUR_MS)
    return usageRow('shell-e', time, 4e25)
  })
  await appendUsage(store, hours)
  await addFindings(store, { finding_id: 'fnd-e', tenants: ['shell-e'], state: 'presume' })
  await stages()('2026-03-02')
  const [found] = await casesOf('shell-e')
  expect(found?.transaction).toMatchObject({
    at: at('2026-02-05T02:00:00Z'),
    basis: 'threshold_crossed',
  })
  // Day 0 is 5 February, due at the end of 20 February.
  expect(found?.clocks.from_transaction).toMatchObject({ clock_id: 'DL-1', due_date: '2026-02-20' })
  expect(found?.clocks.from_knowledge).toBeNull()
})

test('committed compute: the transaction is the signature, nothing need have run', async () => {
  const { store } = opened
  await addShell(store, 'shell-f')
  await store.append('commitments', [
    {
      commitment_id: 'com-f',
      revision: 1,
      recorded_at: toSqlTime(at('2026-01-20')),
      content_hash: '1',
      tenant_id: 'shell-f',
      accelerator: 'nvidia-h100-sxm5-80gb',
      accelerators: '40000',
      start: toSqlTime(at('2026-04-01')),
      end: toSqlTime(at('2026-09-01')),
      status: 'signed',
      fabric_gbps: 400,
      site: 'ohio-1',
      declared_use: 'research',
      signed_at: toSqlTime(at('2026-01-18')),
      batch_id: 'b-f',
      ingested_at: toSqlTime(at('2026-01-20')),
    },
  ])
  const window = { start: '2026-04-01', end: '2026-09-01' }
  await addFindings(store, {
    finding_id: 'fnd-f',
    tenants: ['shell-f'],
    basis: 'potential',
    state: 'could',
    ...window,
  })
  await stages()('2026-03-02')
  const [found] = await casesOf('shell-f')
  expect(found?.transaction).toMatchObject({ at: at('2026-01-18'), basis: 'commitment_signed' })
  expect(found?.findings[0]?.status).toBe('foreign')
})

test('growth within the ratio is recorded, beyond it is material, and small steps add up', async () => {
  const { store } = opened
  await addShell(store, 'shell-g')
  const tick = stages()
  const version = async (number: number, mid: number, time: string, state = 'presume') => {
    await addFindings(store, {
      finding_id: 'fnd-g',
      tenants: ['shell-g'],
      version: number,
      mid,
      state,
    })
    await tick(time)
  }
  await version(1, 1.2e26, '2026-03-02')
  await version(2, 1.28e26, '2026-03-03') // 6.7 % above 1.2e26
  await version(3, 1.34e26, '2026-03-04') // 4.7 % more, 11.7 % above 1.2e26
  await version(4, 1.34e26, '2026-03-05', 'crossed')
  const [found] = await casesOf('shell-g')
  const events = await store.query('case-events-all', { cases: [found?.case_id ?? ''], limit: 100 })
  const revised = events.flatMap(event => (event.kind === 'finding_revised' ? [event.body] : []))
  expect(revised.map(body => body.material)).toEqual([false, true, true])
  expect(revised[1]?.reason).toBe('the estimate changed by 12 %')
})

test('when two groups turn out to be one, the case opened first takes the other in', async () => {
  const { store } = opened
  await addShell(store, 'shell-h1')
  await addShell(store, 'shell-h2')
  await addFindings(store, { finding_id: 'fnd-h1', tenants: ['shell-h1'] })
  const tick = stages()
  await tick('2026-03-02')
  await addFindings(store, { finding_id: 'fnd-h2', tenants: ['shell-h2'] })
  await tick('2026-03-03')
  const join = { owner_id: 'parent-shell-h1', owned_id: 'parent-shell-h2', share: 0.5 }
  await addIdentity(store, 'ownership', 'h-join', join, { known: '2026-03-04' })
  await tick('2026-03-04')
  const found = await casesOf('shell-h2')
  const survivor = found.find(one => one.state !== 'merged')
  const merged = found.find(one => one.state === 'merged')
  expect(survivor?.tenants).toEqual(['shell-h1', 'shell-h2'])
  expect(survivor?.findings.map(mark => mark.finding_id)).toEqual(['fnd-h1', 'fnd-h2'])
  expect(merged?.merged_into).toBe(survivor?.case_id)
  expect(await eventKinds(survivor?.case_id ?? '')).toEqual(
    expect.arrayContaining(['opened', 'absorbed']),
  )
  const open = await store.query('read-cases', {
    from: 0,
    until: Date.UTC(2100, 0, 1),
    open_only: true,
    groups: [],
    tenants: [],
    after: '',
    limit: 100,
  })
  expect(open.filter(row => row.tenant_ids.includes('shell-h2'))).toHaveLength(1)
})

test('an event changed behind the back of the chain stops everything, by name', async () => {
  const { store } = opened
  const [found] = await casesOf('shell-a')
  const [first] = await store.query('case-events-all', { cases: [found?.case_id ?? ''], limit: 1 })
  expect(first?.kind).toBe('opened')
  await store.append('case_events', [
    {
      case_id: first?.case_id ?? '',
      seq: 1,
      group_id: first?.group_id ?? '',
      at: toSqlTime(first?.at ?? 0),
      actor: 'somebody',
      kind: 'opened',
      body: JSON.stringify(first?.body),
      prev_hash: first?.prev_hash ?? '',
      hash: 'f'.repeat(64),
    },
  ])
  await expect(stages()('2026-03-20')).rejects.toMatchObject({ code: 'CASE_TAMPERED' })
})
