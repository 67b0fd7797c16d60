import type { BuildNumbers } from '../domain/build.ts'
import { Fault } from '../domain/fault.ts'
import {
  accountLinks,
  type EntityMember,
  linkedEntities,
  type Trace,
} from '../domain/identity/account-link.ts'
import { identityAsOf, identityHistory } from '../domain/identity/history.ts'
import { recordTraces } from '../domain/identity/record-traces.ts'
import type { LinkSettings } from '../domain/link-settings.ts'
import { DAY_MS, type Instant, SECOND_MS } from '../domain/window.ts'
import type { Row, Store } from '../ports/store.ts'

/**
 * Accounts that one actor may hold although no record of ownership says so: by what records,
 * accesses and the work itself show in common. Runs after the control groups, before detect.
 */

export interface LinkDependencies {
  readonly store: Store
  readonly build: BuildNumbers
  readonly settings: LinkSettings
}

export interface Linked {
  /** Tenants whose entity changed: what detect must look at again. */
  readonly changed: readonly string[]
}

export interface Link {
  /** Looks for links as of the instant, at most every `every_s`; otherwise nothing changes. */
  relink(asOf: Instant): Promise<Linked>
}

const LIMIT = 2_000_000
const ACCESSES_MS = 400 * DAY_MS
const BEHAVIOUR_MS = 90 * DAY_MS

export function createLink(deps: LinkDependencies): Link {
  let last = Number.NEGATIVE_INFINITY
  return {
    async relink(asOf) {
      if (Math.abs(asOf - last) < deps.settings.every_s * SECOND_MS) return { changed: [] }
      const linked = await rebuild(deps, asOf)
      last = asOf
      return linked
    },
  }
}

async function rebuild(
  { store, build, settings }: LinkDependencies,
  asOf: Instant,
): Promise<Linked> {
  const known = bounded(await store.query('identity-known', { known_at: asOf, limit: LIMIT }))
  const view = identityAsOf(identityHistory(known), asOf, asOf)
  const traces = [...recordTraces(view, asOf), ...(await storedTraces(store, settings, asOf))]
  const links = accountLinks(traces, view.tenants().length, asOf, settings)
  const after = linkedEntities(links, settings).map(toRow)
  const stored = bounded(await store.query('account-links-present', { limit: LIMIT }))
  const before = new Map(stored.map(row => [keyOf(row), row]))
  const present = new Set(after.map(keyOf))
  const moved = after.filter(row => {
    const old = before.get(keyOf(row))
    return old?.entity_id !== row.entity_id || old.evidence !== row.evidence
  })
  const gone = stored.filter(row => !present.has(keyOf(row)))
  const number = String(build())
  const write = (rows: readonly Stored[], is_deleted: 0 | 1): Row[] =>
    rows.map(row => ({ ...row, build: number, is_deleted }))
  await store.append('account_links', [...write(moved, 0), ...write(gone, 1)])
  return { changed: [...new Set([...moved, ...gone].map(row => row.tenant_id))] }
}

type Stored = Omit<EntityMember, 'evidence'> & { readonly evidence: string }

/** Evidence to the hundredth, so that what merely grows older is not written every hour. */
function toRow({ evidence, p, ...member }: EntityMember): Stored {
  const rounded = (value: number) => Math.round(value * 100) / 100
  const told = evidence.map(one => ({ ...one, p: rounded(one.p) }))
  return { ...member, p: rounded(p), evidence: JSON.stringify(told) }
}

function keyOf({ level, tenant_id }: Pick<Stored, 'level' | 'tenant_id'>): string {
  return `${level}\u0000${tenant_id}`
}

async function storedTraces(store: Store, settings: LinkSettings, asOf: Instant): Promise<Trace[]> {
  const holders_max = settings.cluster_max
  const since = asOf - ACCESSES_MS
  const accesses = await store.query('access-traces', { since, until: asOf, holders_max })
  const groups = await store.query('group-members-present', { limit: LIMIT })
  const control = [...Map.groupBy(groups, row => row.group_id)].map(
    ([value, rows]): Trace => ({
      kind: 'control',
      value,
      holders: rows.map(({ tenant_id }) => ({ tenant_id, at: asOf })),
    }),
  )
  const behaviour = await store.query('behaviour-traces', { since: asOf - BEHAVIOUR_MS })
  const shown = behaviour.map(
    ({ kind, value, tenants, at }): Trace => ({
      kind,
      value,
      holders: tenants.map(tenant_id => ({ tenant_id, at })),
    }),
  )
  return [...accesses, ...control, ...shown]
}

function bounded<T>(found: T[]): T[] {
  if (found.length < LIMIT) return found
  throw new Fault('LIMIT_REACHED', `more than ${LIMIT} identity rows are stored`)
}
