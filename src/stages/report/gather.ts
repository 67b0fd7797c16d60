import type { Case } from '../../domain/case/case.ts'
import { standingFindings } from '../../domain/case/case-summary.ts'
import { identityAsOf, identityHistory } from '../../domain/identity/history.ts'
import type { AccountRecord, PartyRecord } from '../../domain/records/identity.ts'
import type { Regime } from '../../domain/regime.ts'
import type { Filer, ReportDetermination, ReportInput } from '../../domain/report/input.ts'
import type { Window } from '../../domain/window.ts'
import type { Store } from '../../ports/store.ts'

/** Reads from the store what a report of a case is written from; every list has its bound. */

export interface GatherDependencies {
  readonly store: Store
  readonly regime: Regime
  readonly filer: Filer
  readonly catalogueVersion: string
}

const BOUNDS = {
  runs: 500,
  usage: 100_000,
  hours: 24 * 366 * 10,
  commitments: 10_000,
  accesses: 5_000,
  sources: 10_000,
  findings: 10_000,
  statements: 2_000_000,
} as const

export async function gatherReport(
  { store, regime, filer, catalogueVersion }: GatherDependencies,
  found: Case,
): Promise<ReportInput> {
  const tenants = [...found.tenants]
  const period = periodOf(found)
  const scope = { tenants, from: period.start, until: period.end }
  const marks = found.findings
  const findings = await store.query('report-findings', {
    findings: marks.map(mark => mark.finding_id),
    versions: marks.map(mark => mark.version),
    limit: BOUNDS.findings,
  })
  const determinations = await store.query('determination-newest', {
    findings: standingFindings(found).map(mark => mark.finding_id),
  })
  const runs = await store.query('report-runs', { ...scope, limit: BOUNDS.runs })
  const accesses = await store.query('report-accesses', {
    tenants,
    until: found.updated_at,
    limit: BOUNDS.accesses,
  })
  const sources = await store.query('report-sources', { ...scope, limit: BOUNDS.sources })
  return {
    case: found,
    regime,
    filer,
    period,
    findings,
    determinations,
    ...(await readIdentity(store, determinations)),
    runs: { rows: runs, bound: BOUNDS.runs },
    usage: await store.query('report-usage', { ...scope, limit: BOUNDS.usage }),
    hours: await store.query('usage-curve', { ...scope, limit: BOUNDS.hours }),
    commitments: await store.query('commitment-terms', { tenants, limit: BOUNDS.commitments }),
    accesses: { rows: accesses, bound: BOUNDS.accesses },
    sources: { rows: sources, bound: BOUNDS.sources },
    links: await store.query('group-links', { tenants }),
    catalogue_version: catalogueVersion,
  }
}

/** What the standing findings speak about; of a case in which none stands, all that it had. */
function periodOf(found: Case): Window {
  const standing = standingFindings(found)
  const marks = standing.length > 0 ? standing : found.findings
  return {
    start: Math.min(...marks.map(mark => mark.start)),
    end: Math.max(...marks.map(mark => mark.end)),
  }
}

/** Parties and accounts as each determination saw them; the first one that names a party counts. */
async function readIdentity(store: Store, determinations: readonly ReportDetermination[]) {
  const parties = new Map<string, PartyRecord>()
  const accounts = new Map<string, AccountRecord>()
  if (determinations.length === 0) return { parties, accounts }
  const known_at = Math.max(...determinations.map(made => made.known_at))
  const statements = await store.query('identity-known', { known_at, limit: BOUNDS.statements })
  const history = identityHistory(statements)
  for (const { use_time, known_at: then, body } of determinations) {
    const view = identityAsOf(history, use_time, then)
    for (const { tenant_id, customer, owners, resellers, payer } of body.tenants) {
      const account = view.account(tenant_id)
      if (account && !accounts.has(tenant_id)) accounts.set(tenant_id, account)
      const ids = [customer, ...owners, ...resellers, payer].flatMap(one => one?.party_id ?? [])
      for (const id of [...ids, ...owners.flatMap(({ chains }) => chains.flat())]) {
        const party = parties.has(id) ? null : view.party(id)
        if (party) parties.set(id, party)
      }
    }
  }
  return { parties, accounts }
}
