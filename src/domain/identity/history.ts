import { compareUtf16 } from '../canonical.ts'
import type {
  AccountRecord,
  IdentityKind,
  IdentityRecordOf,
  ListRecord,
  OwnershipRecord,
  PartyRecord,
} from '../records/identity.ts'
import type { Instant } from '../window.ts'
import type { OwnershipEdge } from './ownership.ts'

/**
 * Identity in two times: when a statement was true (`valid_from` .. `valid_to`) and since when it
 * has been known (`recorded_at`). A view fixes both, so that a determination can say who the
 * customer was at the time of use, as far as was known when it was made.
 */

/** One stored statement; `id` and `valid_from` name it, a later recording of the two corrects it. */
export interface IdentityStatement<K extends IdentityKind = IdentityKind> {
  readonly kind: K
  readonly id: string
  readonly valid_from: Instant
  readonly valid_to: Instant | null
  readonly recorded_at: Instant
  readonly content_hash: string
  readonly record: IdentityRecordOf[K]
}

export type StoredStatement = { [K in IdentityKind]: IdentityStatement<K> }[IdentityKind]

/** Names a statement that a view has used: the snapshot behind a determination. */
export interface StatementReference {
  readonly kind: IdentityKind
  readonly id: string
  readonly valid_from: Instant
  readonly recorded_at: Instant
  readonly content_hash: string
}

type Versions<K extends IdentityKind> = ReadonlyMap<string, readonly IdentityStatement<K>[]>

/** All statements, indexed once, so that a view costs only what it looks up. */
export interface IdentityHistory {
  readonly party: Versions<'party'>
  readonly account: Versions<'account'>
  readonly ownership: Versions<'ownership'>
  readonly list: Versions<'list'>
  /** Ids of the ownership statements into a party. */
  readonly into: ReadonlyMap<string, readonly string[]>
}

export interface IdentityView {
  readonly use_time: Instant
  readonly known_at: Instant
  party(id: string): PartyRecord | null
  account(tenant: string): AccountRecord | null
  ownersOf(party: string): readonly OwnershipEdge[]
  /** Tenants that have an account, sorted. */
  tenants(): readonly string[]
  /** List entries in force. */
  lists(): readonly ListRecord[]
  /** What has been looked up through this view so far, in a fixed order. */
  consulted(): readonly StatementReference[]
}

export function identityHistory(statements: readonly StoredStatement[]): IdentityHistory {
  const party = new Map<string, IdentityStatement<'party'>[]>()
  const account = new Map<string, IdentityStatement<'account'>[]>()
  const ownership = new Map<string, IdentityStatement<'ownership'>[]>()
  const list = new Map<string, IdentityStatement<'list'>[]>()
  const into = new Map<string, string[]>()
  for (const statement of statements) {
    if (statement.kind === 'party') push(party, statement.id, statement)
    if (statement.kind === 'account') push(account, statement.id, statement)
    if (statement.kind === 'list') push(list, statement.id, statement)
    if (statement.kind === 'ownership') {
      if (!ownership.has(statement.id)) push(into, statement.record.owned_id, statement.id)
      push(ownership, statement.id, statement)
    }
  }
  return { party, account, ownership, list, into }
}

/** What was so at `useTime`, as far as it was known at `knownAt`. */
export function identityAsOf(
  history: IdentityHistory,
  useTime: Instant,
  knownAt: Instant,
): IdentityView {
  const used = new Map<string, StatementReference>()
  const look = <K extends IdentityKind>(versions: Versions<K>, id: string) => {
    const found = current(versions.get(id) ?? [], useTime, knownAt)
    if (found) used.set(`${found.kind} ${found.id}`, reference(found))
    return found?.record ?? null
  }
  return {
    use_time: useTime,
    known_at: knownAt,
    party: id => look(history.party, id),
    account: tenant => look(history.account, tenant),
    ownersOf: party => {
      const ids = history.into.get(party) ?? []
      const records = ids.map(id => look(history.ownership, id))
      return edges(records.filter(record => record !== null))
    },
    tenants: () => held(history.account, useTime, knownAt).sort(compareUtf16),
    lists: () =>
      held(history.list, useTime, knownAt)
        .sort(compareUtf16)
        .map(id => look(history.list, id))
        .filter(entry => entry !== null),
    consulted: () => {
      const keys = [...used.keys()].sort(compareUtf16)
      return keys.flatMap(key => used.get(key) ?? [])
    },
  }
}

function reference(statement: IdentityStatement): StatementReference {
  const { kind, id, valid_from, recorded_at, content_hash } = statement
  return { kind, id, valid_from, recorded_at, content_hash }
}

function held(versions: Versions<IdentityKind>, useTime: Instant, knownAt: Instant): string[] {
  return [...versions].flatMap(([id, all]) => (current(all, useTime, knownAt) ? [id] : []))
}

/**
 * Of each `valid_from`, the latest recording known at the time; of those that cover the time of
 * use, the latest recorded. A recording that shortens an interval therefore takes the rest of it
 * back, and one that arrives later changes what was so, but not what was known.
 */
function current<K extends IdentityKind>(
  versions: readonly IdentityStatement<K>[],
  useTime: Instant,
  knownAt: Instant,
): IdentityStatement<K> | null {
  const latest = new Map<Instant, IdentityStatement<K>>()
  for (const version of versions) {
    if (version.recorded_at > knownAt) continue
    const known = latest.get(version.valid_from)
    if (!known || supersedes(version, known)) latest.set(version.valid_from, version)
  }
  let found: IdentityStatement<K> | null = null
  for (const version of latest.values()) {
    if (version.valid_from > useTime) continue
    if (version.valid_to !== null && version.valid_to <= useTime) continue
    if (found === null || supersedes(version, found)) found = version
  }
  return found
}

/** Later recording first, then the later start, then the content: the same on every replay. */
function supersedes(a: IdentityStatement, b: IdentityStatement): boolean {
  if (a.recorded_at !== b.recorded_at) return a.recorded_at > b.recorded_at
  if (a.valid_from !== b.valid_from) return a.valid_from > b.valid_from
  return a.content_hash > b.content_hash
}

/**
 * One edge per owner. Interests of one kind add up; shares and votes are two sides of one interest
 * and do not, so the larger kind counts.
 */
function edges(records: readonly OwnershipRecord[]): OwnershipEdge[] {
  const byOwner = Map.groupBy(records, record => record.owner_id)
  return [...byOwner].map(([owner, own]) => {
    const kinds = [...Map.groupBy(own, record => record.kind).values()]
    return {
      owner,
      owned: own[0]?.owned_id ?? '',
      share_min: largest(kinds, record => record.share ?? record.share_min ?? 0),
      share_max: largest(kinds, record => record.share ?? record.share_max ?? 1),
      control: own.some(record => record.control),
    }
  })
}

function largest(
  kinds: readonly (readonly OwnershipRecord[])[],
  share: (record: OwnershipRecord) => number,
): number {
  const sums = kinds.map(kind => kind.reduce((sum, record) => sum + share(record), 0))
  return Math.min(1, Math.max(0, ...sums))
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
