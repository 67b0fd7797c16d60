import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Truth } from '../../src/simulate/truth.ts'
import { type Serving, startServing } from '../support/command.ts'

/**
 * `npm run demo` as it is shipped, all sixty days: whoever must become a case has one and a
 * report, whoever must not has neither. About seventy seconds of processor time; a shorter
 * simulation would not reach the threshold, so the one run serves all tests here.
 */

interface PackagedReport {
  readonly folder: string
  readonly report: { readonly case: { readonly case_id: string; readonly tenants: string[] } }
}

let folder: string
let demo: Serving
let truth: Truth
let reports: PackagedReport[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-demo-'))
  demo = await startServing(['demo', '--out', folder])
  const read = async (...names: string[]) =>
    JSON.parse(await readFile(join(folder, ...names), 'utf8'))
  truth = await read('streams', 'truth.json')
  const packages = await readdir(join(folder, 'reports'))
  reports = await Promise.all(
    packages.map(async name => ({
      folder: name,
      report: await read('reports', name, 'report.json'),
    })),
  )
}, 400_000)
afterAll(async () => {
  await demo.end('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const tenantsOf = (expected: boolean): string[] =>
  truth.actors
    .filter(actor => actor.case_expected === expected)
    .flatMap(actor => actor.tenants.map(tenant => tenant.tenant_id))

const caseList = z.object({
  items: z.array(z.object({ case_id: z.string(), tenant_ids: z.array(z.string()) })),
})

async function cases(): Promise<z.output<typeof caseList>['items']> {
  // The window is named, because by default lists reach a year back from today.
  const window = `from=${truth.window.start}&to=2026-12-01T00:00:00Z`
  const response = await fetch(`${demo.url}/v1/cases?${window}`)
  return caseList.parse(await response.json()).items
}

test('the cast is complete: direct, split and unused commitment to be found, three left alone', () => {
  const names = (expected: boolean) =>
    truth.actors.filter(actor => actor.case_expected === expected).map(actor => actor.name)
  expect(names(true)).toHaveLength(3)
  expect(names(false).length).toBeGreaterThanOrEqual(3)
})

test('every actor who must become a case has one case with all of its tenants', async () => {
  const found = await cases()
  for (const actor of truth.actors.filter(({ case_expected }) => case_expected === true)) {
    const tenants = actor.tenants.map(tenant => tenant.tenant_id).sort()
    const own = found.filter(one => one.tenant_ids.some(tenant => tenants.includes(tenant)))
    expect(
      own.map(one => one.tenant_ids),
      actor.name,
    ).toEqual([tenants])
  }
})

test('every one of these cases has a report package that names its tenants', async () => {
  const found = await cases()
  const named = reports.flatMap(({ report }) => report.case.tenants)
  expect(named).toEqual(expect.arrayContaining(tenantsOf(true)))
  expect(reports.map(({ report }) => report.case.case_id).sort()).toEqual(
    found.map(one => one.case_id).sort(),
  )
  for (const one of reports) {
    const files = (await readdir(join(folder, 'reports', one.folder))).sort()
    expect(files).toEqual(['manifest.json', 'report.html', 'report.json', 'report.pdf'])
  }
})

test('nobody who must be left alone has a case or stands in a report', async () => {
  const accused = [
    ...(await cases()).flatMap(one => one.tenant_ids),
    ...reports.flatMap(({ report }) => report.case.tenants),
  ]
  expect(accused.filter(tenant => tenantsOf(false).includes(tenant))).toEqual([])
})

test('it tells what it did: bars, tables, reports, and nothing quarantined', () => {
  const printed = demo.printed()
  for (const title of ['1/4 ', '2/4 ', '3/4 ', '4/4 ', 'Runs', 'Findings', 'Cases']) {
    expect(printed).toMatch(new RegExp(`^${title}`, 'm'))
  }
  expect(printed).toContain('PROPOSED RULE - NOT IN FORCE')
  const quarantined = [...printed.matchAll(/(\d[\d,]*) quarantined/g)].map(match => match[1])
  expect(new Set(quarantined)).toEqual(new Set(['0']))
})

test('it leaves the pages running on loopback, and the first shows the same cases', async () => {
  expect(demo.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  const page = await (await fetch(demo.url, { headers: { accept: 'text/html' } })).text()
  for (const { case_id } of await cases()) expect(page).toContain(case_id)
  const { code } = await demo.end('SIGINT')
  expect(code).toBe(0)
})
