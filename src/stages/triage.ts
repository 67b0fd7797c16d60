import { compareUtf16 } from '../domain/canonical.ts'
import { applyEvent, type Case, isOpen } from '../domain/case/case.ts'
import { CHAIN_START, sealEvent } from '../domain/case/case-chain.ts'
import {
  type CaseEvent,
  type CaseFact,
  DETERMINATIONS,
  type SealedCaseEvent,
  SYSTEM_ACTOR,
  type Transaction,
} from '../domain/case/case-event.ts'
import { refusal } from '../domain/case/case-lifecycle.ts'
import { followGroups } from '../domain/case/case-merge.ts'
import { transactionOf } from '../domain/case/transaction.ts'
import {
  type FreshMark,
  type PlannedFact,
  planGroup,
  type TriagePolicy,
} from '../domain/case/triage-plan.ts'
import { openingRuleFor } from '../domain/case/triage-rules.ts'
import { assert, Fault } from '../domain/fault.ts'
import { groupId } from '../domain/finding.ts'
import { floorHour, HOUR_MS, type Instant } from '../domain/window.ts'
import { type Guard, UNGUARDED } from '../ports/fence.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Store } from '../ports/store.ts'
import { appendToCases, type CaseDraft, readCases } from './cases/ledger.ts'

/**
 * Gathers findings into cases: one open case per control group. Everything it decides is appended
 * as sealed events; the table `cases` is only what lists show of them, and never behind for long.
 */

export interface TriageDependencies {
  readonly store: Store
  readonly policy: TriagePolicy
}

export interface TriageSummary {
  readonly opened: number
  /** Cases that got at least one event, newly opened ones included, sorted. */
  readonly touched: readonly string[]
  readonly open: number
  readonly events: number
}

export interface Triage {
  triage(asOf: Instant, guard?: Guard): Promise<TriageSummary>
}

/** Rows held in memory at once; reaching it stops the stage, loudly. */
const ROWS_MAX = 2_000_000
const HOURS_MAX = 24 * 366 * 10

/** Times a pass begins anew because somebody acted on a case while it was thinking. */
const PASSES_MAX = 5

export function createTriage(dependencies: TriageDependencies): Triage {
  return {
    async triage(asOf, guard = UNGUARDED) {
      for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
        const book = await writeBook(dependencies, asOf)
        const cases = [...book.cases.values()]
        if (book.events.length > 0) await guard()
        const moved = await appendToCases(dependencies.store, book.drafts(), cases)
        if (moved.length > 0) continue
        return {
          opened: book.events.filter(event => event.kind === 'opened').length,
          touched: book.drafts().map(({ after }) => after.case_id),
          open: cases.filter(found => isOpen(found.state)).length,
          events: book.events.length,
        }
      }
      throw new Fault('STORE_UNAVAILABLE', `cases changed ${PASSES_MAX} times while being triaged`)
    },
  }
}

/** All cases with what the findings of this instant add to them, not yet stored. */
async function writeBook({ store, policy }: TriageDependencies, asOf: Instant): Promise<CaseBook> {
  const book = caseBook(await readCases(store), asOf)
  const members = bounded(await store.query('group-members-present', { limit: ROWS_MAX }))
  const groups = new Map(members.map(row => [row.tenant_id, row.group_id]))
  const known = [...book.cases.values()]
  for (const planned of followGroups(known, tenant => groups.get(tenant) ?? null).facts) {
    book.record(planned)
  }
  const findings = bounded(await store.query('findings-standing', { limit: ROWS_MAX }))
  const presentGroup = (tenant = '') => groups.get(tenant) ?? groupId([tenant])
  const marks = Map.groupBy(findings.map(mark(policy)), found => presentGroup(found.tenants[0]))
  const membersOf = Map.groupBy(members, row => row.group_id)
  for (const [group_id, own] of [...marks].sort(([a], [b]) => compareUtf16(a, b))) {
    const tenants = (membersOf.get(group_id) ?? []).map(row => row.tenant_id)
    const latest = latestCase([...book.cases.values()], group_id, presentGroup)
    const transactions = await readTransactions(store, own, latest)
    const group = {
      group_id,
      tenants: [...new Set([...tenants, ...own.flatMap(found => found.tenants)])].sort(),
      marks: own,
      latest,
      transactions,
    }
    for (const planned of planGroup(group, policy, asOf)) book.record(planned)
  }
  return book
}

type CaseBook = ReturnType<typeof caseBook>

/** Cases as they grow during a tick, and the events that make them grow. */
function caseBook(found: readonly Case[], asOf: Instant) {
  const cases = new Map(found.map(known => [known.case_id, known]))
  const events: SealedCaseEvent[] = []
  const record = ({ case_id, group_id, fact }: PlannedFact): void => {
    const before = cases.get(case_id) ?? null
    const event = placed(fact, before, { case_id, group_id, asOf })
    const why = refusal(before, event)
    assert(why === null, `triage planned an event that may not follow: ${why}`)
    const sealed = sealEvent(event, before?.last_hash ?? CHAIN_START)
    events.push(sealed)
    cases.set(case_id, applyEvent(before, sealed, sealed.hash))
  }
  const before = new Map(cases)
  const drafts = (): CaseDraft[] =>
    [...Map.groupBy(events, event => event.case_id)]
      .sort(([a], [b]) => compareUtf16(a, b))
      .flatMap(([id, own]) => {
        const after = cases.get(id)
        return after ? [{ before: before.get(id) ?? null, events: own, after }] : []
      })
  return { cases, events, record, drafts }
}

function placed(
  fact: CaseFact,
  before: Case | null,
  at: { readonly case_id: string; readonly group_id: string; readonly asOf: Instant },
): CaseEvent {
  const { case_id, group_id, asOf } = at
  return {
    ...fact,
    case_id,
    group_id,
    seq: (before?.seq ?? 0) + 1,
    // A replay up to an earlier time must not put an event before one that is there.
    at: Math.max(asOf, before?.updated_at ?? asOf),
    actor: SYSTEM_ACTOR,
  }
}

/** The open case of a group, else the one opened last; merged cases live on in another. */
function latestCase(
  cases: readonly Case[],
  group_id: string,
  presentGroup: (tenant?: string) => string,
): Case | null {
  const own = cases
    .filter(found => found.state !== 'merged')
    .filter(found => found.group_id === group_id || presentGroup(found.tenants[0]) === group_id)
    .sort((a, b) => b.opened_at - a.opened_at || b.ordinal - a.ordinal)
  return own.find(found => isOpen(found.state)) ?? own[0] ?? null
}

function mark(policy: TriagePolicy) {
  return (found: QueryRow<'findings-standing'>): FreshMark => {
    // A finding that nobody has determined yet is about somebody unknown, not about nobody.
    const status = DETERMINATIONS.find(known => known === found.status) ?? 'unknown'
    return {
      finding_id: found.finding_id,
      version: found.version,
      detector_id: found.detector_id,
      role: openingRuleFor(found, status, policy.rules) ? 'opener' : 'signal',
      state: found.state,
      severity: found.severity,
      basis: found.basis,
      subject_kind: found.subject_kind,
      subject_id: found.subject_id,
      tenants: [...found.tenant_ids].sort(),
      start: found.start,
      end: found.end,
      lo: found.measured_lo,
      mid: found.measured_mid,
      hi: found.measured_hi,
      threshold: found.threshold,
      status,
      status_basis: found.status_basis,
      identity_hash: found.identity_hash,
      detected_at: found.detected_at,
    }
  }
}

/** Transactions of the openers that the case has not seen in this version. */
async function readTransactions(
  store: Store,
  marks: readonly FreshMark[],
  latest: Case | null,
): Promise<ReadonlyMap<string, Transaction>> {
  const seen = new Map(latest?.findings.map(known => [known.finding_id, known.version]))
  const fresh = marks
    .filter(found => found.role === 'opener' && found.state !== 'withdrawn')
    .filter(found => seen.get(found.finding_id) !== found.version)
  if (fresh.length === 0) return new Map()
  const potential = fresh.filter(found => found.basis === 'potential')
  const tenants = [...new Set(potential.flatMap(found => found.tenants))]
  const commitments =
    tenants.length === 0 ? [] : await store.query('commitment-terms', { tenants, limit: ROWS_MAX })
  const curveOf = curves(store)
  const entries: [string, Transaction][] = []
  for (const found of fresh) {
    const hours = found.basis === 'observed' ? await curveOf(found) : []
    entries.push([found.finding_id, transactionOf(found, commitments, hours)])
  }
  return new Map(entries)
}

type Curve = QueryRow<'usage-curve'>[]

/** Whole hours of use; several findings of a group rest on the same ones, which are read once. */
function curves(store: Store): (found: FreshMark) => Promise<Curve> {
  const known = new Map<string, Promise<Curve>>()
  return ({ tenants, start, end }) => {
    const [from, until] = [floorHour(start), floorHour(end + HOUR_MS - 1)]
    const key = JSON.stringify([from, until, tenants])
    const asked =
      known.get(key) ??
      store.query('usage-curve', { tenants: [...tenants], from, until, limit: HOURS_MAX })
    known.set(key, asked)
    return asked
  }
}

function bounded<T>(found: T[]): T[] {
  if (found.length < ROWS_MAX) return found
  throw new Fault('LIMIT_REACHED', `more than ${ROWS_MAX} findings or members are stored`)
}
