import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sha256Hex } from '../../../../src/domain/canonical.ts'
import { groupId } from '../../../../src/domain/finding.ts'
import { DAY_MS } from '../../../../src/domain/window.ts'
import { apiRoutes, buildServer } from '../../../../src/http/server.ts'
import { at } from '../../../support/case-world.ts'
import {
  batchRow,
  HOME,
  HOSTILE,
  NOW,
  RUN,
  runRow,
  SHELL,
  seedConsole,
  serverDeps,
} from '../../../support/console-world.ts'
import { openTestStore, type TestStore } from '../../../support/store.ts'

let opened: TestStore
let server: FastifyInstance
beforeAll(async () => {
  opened = await openTestStore()
  await seedConsole(opened.store)
  server = await buildServer(serverDeps(opened.store))
})
afterAll(async () => {
  await server.close()
  await opened.close()
})

async function get(url: string) {
  const answer = await server.inject({ url })
  expect([url, answer.statusCode]).toEqual([url, 200])
  return answer.json()
}

/** Follows `next` to the end and gives the ids of all pages. */
async function walk(url: string, key: string, between = async () => undefined as unknown) {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page = await get(`${url}${cursor === null ? '' : `&cursor=${cursor}`}`)
    ids.push(...page.items.map((item: Record<string, string>) => item[key]))
    cursor = page.next
    await between()
  } while (cursor !== null)
  return ids
}

test('every answer is as it is described', async () => {
  const routes = apiRoutes(serverDeps(opened.store))
  const [{ case_id }] = (await get('/v1/cases')).items
  const [{ report_id }] = (await get('/v1/reports')).items
  const ids: Record<string, string> = {
    runs: RUN,
    tenants: SHELL,
    groups: groupId([SHELL]),
    findings: 'fnd-a1',
    cases: case_id,
    reports: report_id,
  }
  for (const { path, answers } of routes) {
    const shape = answers['application/json']
    const id = ids[path.split('/')[2] ?? '']
    if (!shape || (path.includes('{id}') && id === undefined)) continue
    const url = path.replace('{id}', id ?? '')
    const checked = shape.safeParse(await get(url))
    expect([url, checked.error?.issues ?? []]).toEqual([url, []])
  }
})

describe('pages', () => {
  test('of runs go newest first, and rows that arrive in between neither repeat nor hide others', async () => {
    const before = await walk('/v1/runs?limit=100', 'run_id')
    expect(before).toHaveLength(4)
    let arrived = 0
    const arrive = () => {
      arrived += 1
      const id = `run-late-${arrived}`
      return opened.store.append('runs', [runRow('late', id, NOW - DAY_MS / 2 - arrived, 0.1)])
    }
    const walked = await walk('/v1/runs?limit=1', 'run_id', arrive)
    expect(walked).toEqual(before)
    expect(arrived).toBe(4)
    expect(await walk('/v1/runs?limit=3', 'run_id')).toHaveLength(8)
  })

  test('of every list hold all rows once, whatever the limit', async () => {
    await opened.store.append(
      'batches',
      [2, 3, 4].map(number => batchRow(`bat-${number}`, NOW - DAY_MS)),
    )
    const lists = [
      ['/v1/tenants', 'tenant_id'],
      ['/v1/groups', 'group_id'],
      ['/v1/findings', 'finding_id'],
      ['/v1/cases', 'case_id'],
      ['/v1/batches', 'batch_id'],
      ['/v1/coverage', 'start'],
    ] as const
    for (const [path, key] of lists) {
      const whole = await walk(`${path}?limit=1000`, key)
      expect([path, await walk(`${path}?limit=2`, key)]).toEqual([path, whole])
    }
  })

  test('say which window they are about, and the cursor keeps it', async () => {
    const first = await get('/v1/runs?limit=1')
    expect(first.window).toEqual({
      from: '2025-03-05T12:00:00.000Z',
      to: '2026-03-05T12:00:00.000Z',
      is_default: true,
    })
    const second = await get(`/v1/runs?limit=1&cursor=${first.next}`)
    expect(second.window).toEqual(first.window)
    const chosen = await get('/v1/runs?from=2026-02-10&to=2026-02-11')
    expect(chosen.window.is_default).toBe(false)
  })

  test('of one list do not open another', async () => {
    const { next } = await get('/v1/runs?limit=1')
    const answer = await server.inject({ url: `/v1/batches?cursor=${next}` })
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'USAGE'])
  })
})

test('a run is in a window that it overlaps, at both ends half-open', async () => {
  const ids = async (from: string, to: string) =>
    walk(`/v1/runs?tenant=${SHELL}&from=${from}&to=${to}`, 'run_id')
  expect(await ids('2026-02-20T00:00:00Z', '2026-02-22')).toEqual([RUN])
  expect(await ids('2026-02-21', '2026-02-22')).toEqual([])
  expect(await ids('2026-01-01', '2026-02-01')).toEqual([])
})

test('compute that nobody is named for has the tenant null, and can be asked for', async () => {
  const { items } = await get('/v1/tenants?tenant=')
  expect(items).toHaveLength(1)
  // 480 hours of 1e20 each.
  expect(items[0]).toMatchObject({ tenant_id: null, group_id: null, operations: { tier: 'T2' } })
  expect(items[0].operations.mid / 4.8e22).toBeCloseTo(1, 9)
  expect(await walk('/v1/runs?tenant=', 'run_id')).toEqual(['run-00000000000000dd'])
})

test('operations are an interval with unit and tier', async () => {
  const { operations } = await get(`/v1/tenants/${SHELL}`)
  // 480 h × 5e23 = 2.4e26; a row has half and twice of it as bounds.
  expect(operations).toMatchObject({ unit: 'operations', tier: 'T2' })
  expect(operations.lo / 1.2e26).toBeCloseTo(1, 9)
  expect(operations.mid / 2.4e26).toBeCloseTo(1, 9)
  expect(operations.hi / 4.8e26).toBeCloseTo(1, 9)
})

test('a tenant is told with its customer and what was determined of it', async () => {
  expect(await get(`/v1/tenants/${SHELL}`)).toMatchObject({
    customer: { name: `Customer shell-${SHELL} LLC`, resold: false },
    determination: { status: 'foreign', basis: 'BO-1' },
  })
  expect(await get(`/v1/tenants/${HOME}`)).toMatchObject({ determination: { status: 'domestic' } })
})

test('findings are filtered by what they are about', async () => {
  expect(await walk('/v1/findings?severity=medium', 'finding_id')).toEqual(['fnd-a3'])
  expect(await walk(`/v1/findings?tenant=${SHELL}&tenant=${HOME}`, 'finding_id')).toEqual([
    'fnd-a1',
    'fnd-a2',
  ])
  expect(await walk('/v1/findings?state=crossed', 'finding_id')).toEqual([])
})

test('a run that late data merged says where its time went', async () => {
  const answer = await server.inject({ url: '/v1/runs/run-00000000000000ee' })
  expect(answer.statusCode).toBe(404)
  expect(answer.json().message).toContain(`merged into ${RUN}`)
})

test('coverage sums up what was seen, what was dark, and what is not known', async () => {
  const { fleet, items } = await get(`/v1/coverage?by=day&tenant=${SHELL}`)
  expect(items).toHaveLength(20)
  // A day has 24 hours of 28,800 device-seconds; from day 16 on 14,400 more are billed each hour.
  expect(items[0]).toMatchObject({ observed_device_s: 691_200, dark_device_s: 0 })
  expect(items[19]).toMatchObject({ dark_device_s: 345_600 })
  // 5 days × 345,600; the unattributed tenant's 480 hours are on a chip that nobody knows.
  expect(fleet.totals).toMatchObject({
    tenants: 3,
    dark_device_s: 1_728_000,
    unattributed_device_s: 480 * 28_800,
    unknown_chip_device_s: 480 * 28_800,
  })
  expect(fleet.quarantine).toMatchObject([{ reason: 'out_of_range', records: 1 }])
  expect(fleet.ledger[0]).toMatchObject({ balanced: true })
  const hours = await get(`/v1/coverage?by=hour&tenant=${SHELL}&from=2026-02-01&to=2026-02-02`)
  expect(hours.items).toHaveLength(24)
})

test('a case is its sealed events; its clock runs 15 days from the transaction', async () => {
  const [found] = (await get(`/v1/cases?tenant=${SHELL}&open=true`)).items
  expect(found).toMatchObject({ is_open: true, determination: 'foreign', knowledge_due: null })
  const { events, clocks, head_hash } = await get(`/v1/cases/${found.case_id}`)
  expect(events[0]).toMatchObject({ seq: 1, kind: 'opened', prev_hash: '0'.repeat(64) })
  expect(events.at(-1).hash).toBe(head_hash)
  const { trigger_at, due_at } = clocks.from_transaction
  const day = (text: string) => Math.floor(at(text) / DAY_MS)
  expect(day(due_at) - day(trigger_at)).toBe(15)
})

test('the files of a report are those that its manifest names', async () => {
  const [{ report_id }] = (await get('/v1/reports')).items
  const { files } = await get(`/v1/reports/${report_id}/manifest.json`)
  const named = z.array(z.object({ name: z.string(), sha256: z.string() })).parse(files)
  expect(named.map(file => file.name).toSorted()).toEqual([
    'report.html',
    'report.json',
    'report.pdf',
  ])
  for (const { name, sha256 } of named) {
    const url = `/v1/reports/${report_id}${name.replace('report', '')}`
    const answer = await server.inject({ url })
    expect([name, sha256Hex(answer.rawPayload)]).toEqual([name, sha256])
    expect(answer.headers['content-security-policy']).toContain('sandbox')
  }
})

test('a hostile name goes through the interface as it is', async () => {
  const { items } = await get(`/v1/tenants?tenant=${encodeURIComponent(HOSTILE)}`)
  expect(items).toMatchObject([{ tenant_id: HOSTILE }])
})
