import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHtmlRenderer } from '../../src/adapters/render/html.ts'
import { openCatalogue } from '../../src/catalogue.ts'
import { createBuildNumbers } from '../../src/domain/build.ts'
import { deriveSettings } from '../../src/domain/derive-settings.ts'
import { meterSettings } from '../../src/domain/meter-settings.ts'
import { type Regime, regimeThresholds } from '../../src/domain/regime.ts'
import { identityPolicy } from '../../src/policy.ts'
import { createAttribute } from '../../src/stages/attribute.ts'
import { readCases } from '../../src/stages/cases/ledger.ts'
import { createDerive } from '../../src/stages/derive.ts'
import { createDetect } from '../../src/stages/detect.ts'
import { createGroup } from '../../src/stages/group.ts'
import { createMeter, type Metered } from '../../src/stages/meter.ts'
import { publishReference } from '../../src/stages/reference.ts'
import { createReport } from '../../src/stages/report.ts'
import { createTriage } from '../../src/stages/triage.ts'
import { at, TRIAGE } from '../support/case-world.ts'
import { FILER } from '../support/filer.ts'
import { testIntake } from '../support/intake.ts'
import { openProbeStore, type ProbeStore } from '../support/probe-store.ts'
import { shipped } from '../support/reference.ts'
import { fakeClock, projectFolder } from '../support/store.ts'

/**
 * The tour: one event, from its bytes to a report, through every stage in the order in which
 * `src/pipeline.ts` calls them. Read it top to bottom to learn the product. Every number can be
 * worked out with the arithmetic beside it; stages, store and reference data are the real ones.
 */

/** Two hours after the event. All time comes from one clock, so a test can stop it. */
const NOW = at('2026-03-02T15:00:00Z')
const clock = fakeClock(NOW)
/** Numbers the rebuilds of derived tables; the higher number replaces the lower. */
const builds = createBuildNumbers(clock.now)
const catalogueVersion = shipped.version
const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }

/** Judgement is data. In law the line is 1e26; one event needs a nearer one, so it is 1e20 here. */
function regimeOfTheTour(): Regime {
  const pack = shipped.regimes.get('us-iaas-2024')
  if (!pack) throw new Error('the default regime pack is shipped')
  const thresholds = pack.regime.thresholds.map(limit =>
    limit.metric === 'training_operations' ? { ...limit, value: '1e20' } : limit,
  )
  return { ...pack.regime, thresholds }
}
const regime = regimeOfTheTour()
const policy = identityPolicy(shipped, { regime, hash: 'tour' })

let opened: ProbeStore
let metered: Metered
beforeAll(async () => {
  const probes = {
    hours: 'select * from device_hours final',
    groups: 'select * from group_members',
  }
  opened = await openProbeStore(probes, clock)
  await publishReference(opened.store, catalogueVersion, shipped.rows)
})
afterAll(() => opened.close())

test('1 ingest: bytes become one sample that counts once, and its hour is marked dirty', async () => {
  const intake = testIntake(opened.store, clock)
  // A row of nine servers with eight H100 each reports as one meter, over the hour before 13:00.
  const event = `{"time":"2026-03-02T13:00:00Z","interval_s":3600,"device_id":"row-7",
    "device_count":72,"tenant_id":"acct-tour","accelerator":"NVIDIA H100 80GB HBM3",
    "tensor_active":0.5,"sm_clock_mhz":1830,"power_w":36000,"precision":"bf16",
    "precision_source":"attested","fabric_id":"east-1","site":"east"}`
  const first = await intake.send('telemetry.accelerator', event)
  expect(first.receipt).toMatchObject({ consumed: 1, accepted: 1, duplicates: 0, quarantined: 0 })
  // Whoever sends it again, after whatever crash: identity is (device, end of interval).
  intake.restart()
  const again = await intake.send('telemetry.accelerator', event)
  expect(again.receipt).toMatchObject({ consumed: 1, accepted: 0, duplicates: 1 })
  const [mark] = await opened.store.query('hour-marks-dirty', { from: 0, until: NOW, limit: 10 })
  expect(mark?.hour).toBe(at('2026-03-02T12:00:00Z'))

  // Who stands behind the account: a Delaware company, 60 % of it owned from Singapore.
  const since = '"valid_from":"2026-01-01T00:00:00Z","recorded_at":"2026-01-01T00:00:00Z"'
  await intake.send(
    'identity.account',
    `{"tenant_id":"acct-tour","customer_party_id":"shell",${since}}`,
  )
  await intake.send(
    'identity.party',
    `[{"party_id":"shell","kind":"entity","names":[{"name":"Shell LLC"}],"organised_in":"US-DE",
       "owners_complete":true,"verification":{"state":"verified","method":"documentary"},${since}},
      {"party_id":"parent","kind":"entity","names":[{"name":"Parent Pte. Ltd."}],
       "organised_in":"SG",${since}}]`,
  )
  await intake.send(
    'identity.ownership',
    `{"owner_id":"parent","owned_id":"shell","share":0.6,${since}}`,
  )
})

test('2 meter: the dirty hour is rebuilt from its samples, as operations within bounds', async () => {
  const settings = meterSettings.parse(undefined)
  const meter = createMeter({ store: opened.store, clock, builds, catalogueVersion, settings })
  metered = await meter.rebuild(NOW)
  const [hour] = await opened.probe('hours')
  expect(hour).toMatchObject({
    chip: 'nvidia-h100-sxm5-80gb', // the catalogue knows the driver's string
    covered_s: 3600,
    device_s: 259_200, // 72 devices × 3,600 s
    t2_s: 259_200, // tier T2: tensor activity and clock, the second-best evidence
    energy_j: 129_600_000, // 36,000 W × 3,600 s
    // 72 × 3,600 s × 0.5 active × 1830/1830 MHz × 0.93 of 989e12 per second, the dense BF16 peak
    flop_mid: expect.closeTo(1.19202192e20, -10),
  })
  // T2 with attested precision errs by √(.045² + .025² + .02²) = .05523 in log10; the 90 % bounds
  // lie a factor 10^(1.645 × .05523) = 1.2327 away: 9.670e19 and 1.4694e20.
  const { flop_lo, flop_hi } = hour as { flop_lo: number; flop_hi: number }
  expect([flop_lo / 1e19, flop_hi / 1e20]).toEqual([
    expect.closeTo(9.67, 3),
    expect.closeTo(1.4694, 3),
  ])
  // Which tenants changed, and from which hour on: what the next stage has to look at.
  expect([...metered.tenants]).toEqual([['acct-tour', at('2026-03-02T12:00:00Z')]])
})

test('3 derive: busy devices that start together are a gang, gangs in a row a run', async () => {
  const settings = deriveSettings.parse(undefined)
  await createDerive({ store: opened.store, clock, builds, settings })(metered.tenants, NOW)
  const [run] = await opened.store.query('overview-runs', { limit: 10 })
  // No job id was given and none is needed.
  expect(run).toMatchObject({
    tenant_id: 'acct-tour',
    start: at('2026-03-02T12:00:00Z'),
    end: at('2026-03-02T13:00:00Z'),
    devices_max: 72,
    fabrics: ['east-1'],
    flop_mid: expect.closeTo(1.19202192e20, -10),
    segments: [{ devices: 72 }],
  })
})

test('4 group: accounts under one control are one group; this one stands alone', async () => {
  const { ownership } = policy
  const group = createGroup({ store: opened.store, build: builds, ownership })
  expect(await group.regroup(NOW)).toMatchObject({ groups: 1, joined: 0, changed: ['acct-tour'] })
  expect(await opened.probe('groups')).toMatchObject([{ tenant_id: 'acct-tour' }])
})

test('5 detect: the interval against the line; the middle passes, the lower bound does not', async () => {
  const bundle = openCatalogue({
    detectorFolder: join(projectFolder, 'detectors'),
    featureFolder: join(projectFolder, 'sql/features'),
    thresholdsFile: null,
    regime: regimeThresholds(regime, 'tour'),
  })
  // All detectors run on a tick; the tour follows one.
  const detectors = bundle.detectors.filter(({ id }) => id === 'run-operations-threshold')
  const catalogue = { ...bundle, detectors }
  const settings = { finding_restate_ratio: 0.05 }
  const { store } = opened
  const judged = { catalogue, catalogueVersion, settings }
  const detect = createDetect({ store, clock, logger, builds, ...judged })
  expect(await detect.evaluate(NOW, ['acct-tour'])).toMatchObject({ evaluated: 1, raised: 1 })
  const [finding] = await store.query('findings-standing', { limit: 10 })
  // 9.7e19 < 1e20 < 1.19e20: not "crossed", which takes the lower bound, but presumed.
  expect(finding).toMatchObject({ state: 'presume', severity: 'high', threshold: 1e20, status: '' })
})

test('6 attribute: a US customer, but 60 % ≥ 25 % of it is foreign as of the time of use', async () => {
  const attribute = createAttribute({ store: opened.store, policy })
  expect(await attribute.determine(NOW)).toMatchObject({ findings: 1, determined: 1 })
  const [finding] = await opened.store.query('findings-standing', { limit: 10 })
  // BO-1: a beneficial owner who is foreign makes the customer's account foreign.
  expect(finding).toMatchObject({ status: 'foreign', status_basis: 'BO-1' })
})

test('7 triage: one open case for the group, with a clock that runs', async () => {
  const triage = createTriage({ store: opened.store, policy: TRIAGE })
  expect(await triage.triage(NOW)).toMatchObject({ opened: 1, open: 1 })
  const [opening] = await readCases(opened.store)
  expect(opening).toMatchObject({ tenants: ['acct-tour'], state: 'detected', prong: 1 })
  // DL-1: 15 calendar days from the transaction, 2 March, end of day: 17 March.
  expect(opening?.clocks.from_transaction).toMatchObject({ days: 15, due_date: '2026-03-17' })
  // Nothing changed since, so a second pass says nothing.
  expect(await triage.triage(NOW)).toMatchObject({ opened: 0, events: 0, open: 1 })
})

test('8 report: everything behind the case in one package, the same bytes every time', async () => {
  const report = createReport({
    store: opened.store,
    regime,
    filer: FILER,
    catalogueVersion,
    renderers: [createHtmlRenderer()],
  })
  const cases = await readCases(opened.store)
  const [first] = await report.build(cases)
  expect(first?.built.report.thresholds[0]).toMatchObject({
    metric: 'training_operations',
    value: '1e20',
    measured: { lo: '9.670e19', mid: '1.192e20', hi: '1.469e20' },
    result: 'presumably_met',
  })
  expect(first?.built.manifest).toMatchObject({
    regime: { id: 'us-iaas-2024', legal_force: false },
    rows: { samples: 1, runs: 1, findings: 1 },
  })
  const [again] = await report.build(cases)
  expect(again?.fresh).toBe(false)
  expect(again?.built.files).toEqual(first?.built.files)
})
