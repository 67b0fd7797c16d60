import { Fault } from '../domain/fault.ts'
import { groupId } from '../domain/finding.ts'
import {
  type DeterminationBody,
  determine,
  type IdentityPolicy,
  identityHash,
} from '../domain/identity/determination.ts'
import { identityAsOf, identityHistory } from '../domain/identity/history.ts'
import { type Instant, toSqlTime } from '../domain/window.ts'
import { type Guard, UNGUARDED } from '../ports/fence.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Row, Store } from '../ports/store.ts'

/**
 * Puts identity to findings: who used the compute, as of the time of use and as far as was known
 * at the tick. A determination is appended when there is none for this version of the finding or
 * when what is known has changed since, so late identity is seen by itself.
 */

export interface AttributeDependencies {
  readonly store: Store
  readonly policy: IdentityPolicy
}

export interface AttributeSummary {
  readonly findings: number
  /** Determinations appended, and among them those that answer differently than before. */
  readonly determined: number
  readonly changed: number
}

export interface Attribute {
  determine(asOf: Instant, guard?: Guard): Promise<AttributeSummary>
}

/** Findings and statements held in memory at once; reaching it stops the stage, loudly. */
const ROWS_MAX = 2_000_000

type StandingFinding = QueryRow<'findings-standing'>

export function createAttribute({ store, policy }: AttributeDependencies): Attribute {
  return {
    async determine(asOf, guard = UNGUARDED) {
      const findings = bounded(await store.query('findings-standing', { limit: ROWS_MAX }))
      const standing = findings.filter(finding => finding.state !== 'withdrawn')
      if (standing.length === 0) return { findings: 0, determined: 0, changed: 0 }
      const history = identityHistory(
        bounded(await store.query('identity-known', { known_at: asOf, limit: ROWS_MAX })),
      )
      const members = bounded(await store.query('group-members-present', { limit: ROWS_MAX }))
      const groups = new Map(members.map(row => [row.tenant_id, row.group_id]))
      const fresh: Row[] = []
      let changed = 0
      for (const finding of standing) {
        const useTime = timeOfUse(finding, asOf)
        const body = determine(finding.tenant_ids, identityAsOf(history, useTime, asOf), policy)
        const hash = identityHash(body)
        if (finding.determined_version === finding.version && finding.identity_hash === hash)
          continue
        if (finding.determined_version > 0 && finding.status !== body.status) changed += 1
        fresh.push(row(finding, body, { hash, useTime, asOf, group_id: groupOf(finding, groups) }))
      }
      if (fresh.length > 0) await guard()
      await store.append('determinations', fresh)
      return { findings: standing.length, determined: fresh.length, changed }
    },
  }
}

/**
 * The last instant inside the finding's half-open window. Compute that is only committed is used
 * in the future; identity there is what it is now.
 */
function timeOfUse(finding: StandingFinding, asOf: Instant): Instant {
  return Math.min(finding.end - 1, asOf)
}

function groupOf(finding: StandingFinding, groups: ReadonlyMap<string, string>): string {
  if (finding.subject_kind === 'group') return finding.subject_id
  const [tenant = ''] = finding.tenant_ids
  return groups.get(tenant) ?? groupId([tenant])
}

interface Made {
  readonly hash: string
  readonly useTime: Instant
  readonly asOf: Instant
  readonly group_id: string
}

function row(finding: StandingFinding, body: DeterminationBody, made: Made): Row {
  return {
    finding_id: finding.finding_id,
    finding_version: finding.version,
    group_id: made.group_id,
    tenant_ids: finding.tenant_ids,
    status: body.status,
    basis: body.basis,
    use_time: toSqlTime(made.useTime),
    known_at: toSqlTime(made.asOf),
    identity_hash: made.hash,
    body: JSON.stringify(body),
    determined_at: toSqlTime(made.asOf),
  }
}

/** A cut list would leave somebody undetermined without a word: stop instead. */
function bounded<T>(found: T[]): T[] {
  if (found.length < ROWS_MAX) return found
  throw new Fault('LIMIT_REACHED', `more than ${ROWS_MAX} findings or identity rows are stored`)
}
