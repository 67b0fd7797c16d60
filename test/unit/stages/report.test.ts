import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHtmlRenderer } from '../../../src/adapters/render/html.ts'
import { createPdfRenderer } from '../../../src/adapters/render/pdf.ts'
import { createFileSink } from '../../../src/adapters/sink/file-sink.ts'
import { createBuildNumbers } from '../../../src/domain/build.ts'
import { canonicalJson, sha256Hex } from '../../../src/domain/canonical.ts'
import type { Regime } from '../../../src/domain/regime.ts'
import type { ReportPackage } from '../../../src/domain/report/manifest.ts'
import { formatInstant, HOUR_MS, toSqlTime } from '../../../src/domain/window.ts'
import { appendUsage } from '../../../src/ports/append-usage.ts'
import { createAttribute } from '../../../src/stages/attribute.ts'
import { readCases } from '../../../src/stages/cases/ledger.ts'
import { createGroup } from '../../../src/stages/group.ts'
import { createReport } from '../../../src/stages/report.ts'
import { createTriage } from '../../../src/stages/triage.ts'
import {
  addFindings,
  addIdentity,
  addShell,
  at,
  TRIAGE,
  usageRow,
} from '../../support/case-world.ts'
import { FILER } from '../../support/filer.ts'
import { POLICY } from '../../support/identity.ts'
import { pdfPages } from '../../support/pdf-text.ts'
import { shipped } from '../../support/reference.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

const TENANT = 'shell-x'
let opened: TestStore
let first: ReportPackage

const regime = (): Regime => {
  const found = shipped.regimes.get('us-iaas-2024')?.regime
  if (!found) throw new Error('the default regime pack is shipped')
  return found
}

function stage() {
  return createReport({
    store: opened.store,
    regime: regime(),
    filer: { ...FILER, contact_name: 'Compliance' },
    catalogueVersion: 'c'.repeat(64),
    renderers: [createHtmlRenderer(), createPdfRenderer()],
  })
}

async function build(): Promise<ReportPackage> {
  const [built] = await stage().build(await readCases(opened.store))
  if (!built) throw new Error('the case has a package')
  return built.built
}

function sample(minute: number, revision = 0) {
  const time = at('2026-02-05T00:00:00Z') + minute * 60_000
  return {
    hour: '2026-02-05 00:00:00',
    device_id: 'gpu-1',
    time: toSqlTime(time),
    version: String(BigInt(revision) * 2n ** 64n + BigInt(minute)),
    revision,
    tenant_id: TENANT,
    interval_s: 60,
    accelerator: 'nvidia-h100-sxm5-80gb',
    device_count: 1,
    slice: 1,
    batch_id: 'b-telemetry',
  }
}

beforeAll(async () => {
  opened = await openTestStore()
  const { store } = opened
  await addShell(store, TENANT)
  // The owner's owner is known by a name in its own script, and by a Latin one.
  await addIdentity(store, 'party', 'party-cn', {
    party_id: 'party-cn',
    kind: 'entity',
    names: [
      { name: '远岫智算控股有限公司' },
      { name: 'Yuanxiu Intelligent Computing', type: 'transliterated' },
    ],
    organised_in: 'CN',
  })
  await addIdentity(store, 'ownership', 'cn>parent', {
    owner_id: 'party-cn',
    owned_id: `parent-${TENANT}`,
    share: 0.5,
  })
  const hours = Array.from({ length: 48 }, (_, hour) =>
    usageRow(TENANT, formatInstant(at('2026-02-05') + hour * HOUR_MS), 5e24, hour === 7 ? 3600 : 0),
  )
  await appendUsage(store, hours)
  await store.append(
    'samples',
    [1, 2, 3].map(minute => sample(minute)),
  )
  await store.append('batches', [
    {
      batch_id: 'b-telemetry',
      stream: 'telemetry.accelerator',
      source: 'file:fleet.ndjson.gz',
      source_hash: 'a'.repeat(64),
      received_at: '2026-03-01 00:00:00.000',
      consumed: '3',
      accepted: '3',
    },
  ])
  await store.append('accesses', [
    {
      access_id: 'acc-1',
      tenant_id: TENANT,
      principal: 'root@shell.example',
      ip: '203.0.113.45',
      time: '2026-02-05 01:02:03.000',
      action: 'console.login',
      recorded_at: '2026-02-05 01:02:03.000',
      extra: '',
      batch_id: 'b-access',
    },
  ])
  await addFindings(
    store,
    { finding_id: 'fnd-x', tenants: [TENANT], start: '2026-02-05', end: '2026-02-07', mid: 2.4e26 },
    { finding_id: 'fnd-y', tenants: [TENANT], raises: 'signal', unit: 'ratio', state: 'present' },
  )
  const builds = createBuildNumbers(() => fakeClock().now())
  await createGroup({ store, build: builds, ownership: POLICY.ownership }).regroup(at('2026-03-02'))
  await createAttribute({ store, policy: POLICY }).determine(at('2026-03-02'))
  await createTriage({ store, policy: TRIAGE }).triage(at('2026-03-02'))
  first = await build()
})
afterAll(() => opened.close())

const bytesOf = (found: ReportPackage, name: string) =>
  found.files.find(file => file.name === name)?.bytes ?? new Uint8Array()
const textOf = (found: ReportPackage, name: string) =>
  new TextDecoder().decode(bytesOf(found, name))

test('built again, the package has the same bytes and the same version', async () => {
  const again = await build()
  expect(again.files.map(file => [file.name, sha256Hex(file.bytes)])).toEqual(
    first.files.map(file => [file.name, sha256Hex(file.bytes)]),
  )
  expect(first.files.map(file => file.name)).toEqual([
    'report.json',
    'report.html',
    'report.pdf',
    'manifest.json',
  ])
  const versions = await opened.store.query('report-versions', { case_id: '', limit: 10 })
  expect(versions).toHaveLength(1)
})

test('the manifest names every file by hash and what the report rests on', () => {
  for (const { name, sha256, bytes } of first.manifest.files) {
    expect(sha256).toBe(sha256Hex(bytesOf(first, name)))
    expect(bytes).toBe(bytesOf(first, name).length)
  }
  expect(first.manifest).toMatchObject({
    regime: { id: 'us-iaas-2024', legal_force: false, status: 'proposed' },
    rules: { bundle_hashes: ['b'.repeat(64)] },
    catalogue_version: 'c'.repeat(64),
    rows: { samples: 3, usage_hours: 48, findings: 2 },
    sources: [{ batch_id: 'b-telemetry', source_hash: 'a'.repeat(64), rows: 3 }],
    // 48 h of 8 devices are 1,382,400 device-seconds observed, 3,600 more are dark: 99.74 %.
    coverage: '99.74 %',
  })
  expect(first.manifest.identity.snapshot_hash).toMatch(/^[0-9a-f]{64}$/)
})

test('report.json is canonical, with operations as decimal text', () => {
  const text = textOf(first, 'report.json')
  expect(text).toBe(`${canonicalJson(JSON.parse(text))}\n`)
  expect(first.report.findings[0]?.measured).toEqual({
    lo: '1.200e26',
    mid: '2.400e26',
    hi: '4.800e26',
  })
  // 48 h at 5e24: the curve ends at 2.4e26 in the middle.
  expect(first.report.timeline.points.at(-1)).toMatchObject({ mid: '2.400e26', hi: '4.800e26' })
})

test('every field that the regime asks for is there: a value, or that it is not known', () => {
  const ids = first.report.fields.map(field => field.id)
  const asked = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'B0', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6']
  const envelope = Array.from({ length: 15 }, (_, index) => `C${index + 1}`)
  expect(ids).toEqual([...asked, ...envelope].map(id => `R-${id}`))
  expect(ids).toEqual(regime().fields.map(field => field.id))
  for (const field of first.report.fields) {
    expect(field.entries.length, field.id).toBeGreaterThan(0)
    for (const { value, note } of field.entries) expect(value ?? note).not.toBe('')
  }
  const byId = new Map(first.report.fields.map(field => [field.id, field]))
  expect(byId.get('R-B4')).toMatchObject({ known: 'no' })
  expect(byId.get('R-B4')?.entries[0]?.note).toContain('not known to provider')
  expect(byId.get('R-A6')?.entries[0]).toMatchObject({ value: '203.0.113.45' })
  expect(byId.get('R-C1')?.entries[0]?.value).toBe(first.report.report_id)
  const names = byId.get('R-A1')?.entries.map(entry => entry.value)
  expect(names).toContain(`Parent of ${TENANT} Pte. Ltd.`)
  expect(names).toContain('远岫智算控股有限公司')
})

test('thresholds are evaluated bound by bound, and owners by their share', () => {
  const byId = new Map(first.report.thresholds.map(found => [found.id, found]))
  // 1.2e26, 2.4e26 and 4.8e26 are all above 1e26.
  expect(byId.get('training_operations')).toMatchObject({ result: 'met', of: 'finding fnd-x' })
  expect(byId.get('ownership_share')).toMatchObject({ result: 'met', measured: { mid: '0.6' } })
  expect(byId.get('cluster_peak')).toMatchObject({ result: 'unknown', measured: null })
  expect(first.report.red_flags.map(flag => flag.id)).toContain('RF-31')
  const cn = first.report.persons.find(person => person.party_id === 'party-cn')
  // 50 % of 60 %.
  expect(cn?.holdings[0]).toMatchObject({ share: '30 %' })
})

test('who: the accounts, the answer, the foreign owners strongest first, nobody twice', () => {
  const who = first.report.narrative.find(part => part.question === 'Who')?.sentences
  const customer = `Customer shell-${TENANT} LLC`
  const parent = `Parent of ${TENANT} Pte. Ltd.`
  expect(who).toEqual([
    `The account is ${TENANT} of ${customer} (US-DE).`,
    `The determination is foreign: foreign owners stand behind ${customer}.`,
    `${parent} (SG) stands behind the account with 60 %: ${parent} → ${customer}.`,
    // 50 % of 60 %.
    `远岫智算控股有限公司 (CN) stands behind the account with 30 %: 远岫智算控股有限公司 → ${parent} → ${customer}.`,
    'No reseller stands in between.',
  ])
  const told = first.report.narrative.flatMap(part => part.sentences)
  expect(told.filter(sentence => !sentence.endsWith('.') || sentence.endsWith('..'))).toEqual([])
})

test('no id, time or figure of a table is broken on paper', () => {
  const text = pdfPages(bytesOf(first, 'report.pdf')).join('\n')
  for (const whole of ['fnd-x', '2026-02-05T01:02:03Z', '1.200e26', '4.800e26', 'Confidence']) {
    expect(text).toContain(whole)
  }
})

test('the legal status is on every page of the PDF and in the HTML, and nothing is a box', () => {
  const status = 'PROPOSED - NOT IN FORCE (regime us-iaas-2024, version 1)'
  const pages = pdfPages(bytesOf(first, 'report.pdf'))
  expect(pages.length).toBeGreaterThan(2)
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(status)
    expect(page).toContain(`page ${index + 1} of ${pages.length}`)
    expect(page).toContain(first.report.report_id)
    expect(page).not.toContain('\ufffd')
  }
  const html = textOf(first, 'report.html')
  expect(html.split(status).length - 1).toBeGreaterThanOrEqual(2)
  expect(html).not.toMatch(/<script|https?:\/\/[^<"]*\.(js|css)|src=/)
})

test('a name in a script that the font lacks is printed by its Latin form', () => {
  const text = pdfPages(bytesOf(first, 'report.pdf')).join('\n').replace(/\s+/g, ' ')
  expect(text).toContain('Yuanxiu Intelligent Computing (original script in report.html)')
  expect(textOf(first, 'report.html')).toContain('远岫智算控股有限公司')
})

test('the sink writes a package once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-sink-'))
  try {
    const sink = createFileSink(folder)
    const { place, written } = await sink.deliver(first)
    expect(written).toBe(true)
    expect(await sink.deliver(first)).toEqual({ place, written: false })
    expect((await readdir(place)).sort()).toEqual(first.files.map(file => file.name).sort())
    const pdf = await readFile(join(place, 'report.pdf'))
    expect(sha256Hex(pdf)).toBe(sha256Hex(bytesOf(first, 'report.pdf')))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('one changed sample changes the manifest and makes a new version; the old one stays', async () => {
  await opened.store.append('samples', [sample(2, 1)])
  const second = await build()
  expect(second.report.version).toBe(2)
  expect(textOf(second, 'manifest.json')).not.toBe(textOf(first, 'manifest.json'))
  expect(second.manifest.rows.samples).toBe(3)
  expect(second.manifest.sources[0]?.digest).not.toBe(first.manifest.sources[0]?.digest)
  const reprinted = await stage().reprint(first.report.report_id)
  expect(reprinted?.files.map(file => sha256Hex(file.bytes))).toEqual(
    first.files.map(file => sha256Hex(file.bytes)),
  )
})
