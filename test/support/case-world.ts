import type { TriagePolicy } from '../../src/domain/case/triage-plan.ts'
import { type TriageRules, triageRulesSchema } from '../../src/domain/case/triage-rules.ts'
import { type Instant, parseInstant, toSqlTime } from '../../src/domain/window.ts'
import type { Row, Store } from '../../src/ports/store.ts'

/** A small world written straight into the store: findings, identity, usage, as stages leave them. */

export const at = (text: string): Instant => parseInstant(text) ?? Number.NaN
const sql = (text: string): string => toSqlTime(at(text))

export const RULES: TriageRules = triageRulesSchema.parse({
  opens: [
    {
      id: 'reportable-compute',
      why: 'operations by someone who is foreign or may be',
      units: ['operations'],
      states: ['could', 'presume', 'crossed'],
      determinations: ['foreign', 'unknown'],
      severity_at_least: 'medium',
    },
  ],
  material_change: { operations_ratio: 0.1 },
  colours: { amber_days: 7, red_days: 3 },
  designated_alerts: [],
})

export const TRIAGE: TriagePolicy = {
  rules: RULES,
  regime: { id: 'us-iaas-2024', version: '1', status: 'proposed', legal_force: false },
  time_zone: 'UTC',
  initial: { id: 'DL-1', days: 15 },
  correction: { id: 'DL-5', days: 15 },
}

export interface FindingSketch {
  readonly finding_id: string
  readonly version?: number
  readonly tenants: readonly string[]
  readonly state?: string
  readonly severity?: string
  readonly raises?: string
  readonly unit?: string
  readonly basis?: string
  readonly mid?: number
  readonly start?: string
  readonly end?: string
  readonly detector_id?: string
  readonly subject_kind?: string
}

export function findingRow(sketch: FindingSketch): Row {
  const mid = sketch.mid ?? 2e26
  return {
    finding_id: sketch.finding_id,
    version: sketch.version ?? 1,
    detector_id: sketch.detector_id ?? 'run-operations-threshold',
    detector_version: 1,
    detector_hash: 'd'.repeat(64),
    bundle_hash: 'b'.repeat(64),
    raises: sketch.raises ?? 'finding',
    subject_kind: sketch.subject_kind ?? 'tenant',
    subject_id: sketch.tenants[0] ?? '',
    tenant_ids: [...sketch.tenants],
    start: sql(sketch.start ?? '2026-02-01'),
    end: sql(sketch.end ?? '2026-03-01'),
    state: sketch.state ?? 'presume',
    severity: sketch.severity ?? 'high',
    confidence: 0.9,
    basis: sketch.basis ?? 'observed',
    measured_lo: mid / 2,
    measured_mid: mid,
    measured_hi: mid * 2,
    unit: sketch.unit ?? 'operations',
    threshold: 1e26,
    parameters:
      '{"operations_min":{"compare":"above","origin":"regime","unit":"operations","value":"1e26"}}',
    evidence: '{"facts":{"tier":"T2"},"figures":{"known_chip_share":1}}',
    detected_at: sql('2026-03-02'),
  }
}

export async function addFindings(store: Store, ...sketches: FindingSketch[]): Promise<void> {
  await store.append('findings', sketches.map(findingRow))
}

interface Known {
  readonly from?: string
  readonly known?: string
}

/** One identity statement, valid and known long before unless said otherwise. */
export async function addIdentity(
  store: Store,
  kind: 'party' | 'ownership' | 'account' | 'list',
  id: string,
  body: object,
  { from = '2020-01-01', known = '2020-01-01' }: Known = {},
): Promise<void> {
  const text = JSON.stringify(body)
  await store.append('identity_records', [
    {
      kind,
      id,
      valid_from: sql(from),
      valid_to: null,
      recorded_at: sql(known),
      content_hash: String(hashText(text)),
      body: text,
      batch_id: 'b-identity',
      ingested_at: sql(known),
    },
  ])
}

/** FNV-1a, 32 bits: any hash that differs with the text will do here. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  return hash
}

const VERIFIED = { state: 'verified', method: 'documentary' }

/** A US shell that a Singapore company owns to 60 %, with an account. */
export async function addShell(store: Store, tenant_id: string, known: Known = {}): Promise<void> {
  const shell = `shell-${tenant_id}`
  const parent = `parent-${tenant_id}`
  await addUsCustomer(store, tenant_id, shell)
  await addIdentity(
    store,
    'ownership',
    `${parent}>${shell}`,
    { owner_id: parent, owned_id: shell, share: 0.6 },
    known,
  )
  await addIdentity(store, 'party', parent, {
    party_id: parent,
    kind: 'entity',
    names: [{ name: `Parent of ${tenant_id} Pte. Ltd.` }],
    organised_in: 'SG',
    emails: ['owner@parent.example'],
  })
}

/** A verified US entity whose owners are complete, with an account. */
export async function addUsCustomer(
  store: Store,
  tenant_id: string,
  party_id: string,
): Promise<void> {
  await addIdentity(store, 'account', tenant_id, { tenant_id, customer_party_id: party_id })
  await addIdentity(store, 'party', party_id, {
    party_id,
    kind: 'entity',
    names: [{ name: `Customer ${party_id} LLC` }],
    addresses: [{ role: 'principal_place_of_business', text: '1 Main Street', country: 'US' }],
    organised_in: 'US-DE',
    owners_complete: true,
    verification: VERIFIED,
    emails: ['hello@customer.example'],
  })
}

/** One usage hour of one tenant. */
export function usageRow(tenant_id: string, hour: string, mid: number, dark_s = 0): Row {
  return {
    tenant_id,
    hour: sql(hour).slice(0, 19),
    chip: 'nvidia-h100-sxm5-80gb',
    devices: 8,
    observed_device_s: 28_800,
    busy_device_s: 28_000,
    billed_device_s: 28_800 + dark_s,
    dark_device_s: dark_s,
    dark_method: '',
    energy_j: 1e7,
    observed_lo: mid / 2,
    observed_mid: mid,
    observed_hi: mid * 2,
    dark_lo: 0,
    dark_mid: 0,
    dark_hi: 0,
    tier: 'T2',
    build: '1',
    is_deleted: 0,
  }
}
