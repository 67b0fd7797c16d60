import { groupId } from '../finding.ts'
import type { LinkSettings, TraceKind } from '../link-settings.ts'
import { DAY_MS, type Instant } from '../window.ts'

/**
 * Accounts that one actor may hold although no record says so: traces that accounts share, each
 * weighted by its kind, by how many others share it, and by its age. Independent kinds add up;
 * of one kind the strongest counts.
 */

/** Something that accounts have in common. */
export interface Trace {
  readonly kind: TraceKind
  readonly value: string
  readonly holders: readonly { readonly tenant_id: string; readonly at: Instant }[]
}

export interface AccountLink {
  readonly a: string
  readonly b: string
  /** 1 - product over kinds of (1 - weight). */
  readonly p: number
  readonly evidence: readonly {
    readonly kind: TraceKind
    readonly value: string
    readonly p: number
  }[]
}

export const LEVELS = ['possible', 'likely', 'sure'] as const
export type LinkLevel = (typeof LEVELS)[number]

/** Which entity a tenant belongs to at a level, and the strongest link that puts it there. */
export interface EntityMember {
  readonly level: LinkLevel
  readonly entity_id: string
  readonly tenant_id: string
  readonly p: number
  readonly evidence: AccountLink['evidence']
}

/** Traces that rest on a fact that many share by nature say less the more share them. */
const WITHOUT_IDF: readonly TraceKind[] = ['control', 'stall', 'baton']

/** Links of at least `p_possible` between the accounts; `accounts` is how many there are in all. */
export function accountLinks(
  traces: readonly Trace[],
  accounts: number,
  asOf: Instant,
  settings: LinkSettings,
): AccountLink[] {
  const pairs = new Map<string, Map<TraceKind, { value: string; p: number }>>()
  for (const { kind, value, holders } of traces) {
    const shared = new Map(holders.map(({ tenant_id, at }) => [tenant_id, at]))
    if (shared.size < 2 || shared.size > settings.cluster_max) continue
    const rarity = WITHOUT_IDF.includes(kind) ? 1 : idf(accounts, shared.size)
    const sorted = [...shared].sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [index, [a, a_at]] of sorted.entries()) {
      for (const [b, b_at] of sorted.slice(index + 1)) {
        const p =
          settings.weights[kind] * rarity * decay(kind, asOf - Math.min(a_at, b_at), settings)
        const pair = pairs.get(`${a}\u0000${b}`) ?? new Map()
        if (p > (pair.get(kind)?.p ?? 0)) pair.set(kind, { value, p })
        pairs.set(`${a}\u0000${b}`, pair)
      }
    }
  }
  return [...pairs]
    .map(([key, kinds]) => linkOf(key, kinds))
    .filter(({ p }) => p >= settings.p_possible)
}

/** ln(A / holders) / ln(A / 2): what two of A accounts share is rare, what all do says nothing. */
export function idf(accounts: number, holders: number): number {
  if (accounts <= 2) return 1
  return Math.max(0, Math.min(1, Math.log(accounts / holders) / Math.log(accounts / 2)))
}

function decay(kind: TraceKind, age_ms: number, { half_life_days }: LinkSettings): number {
  const half = kind in half_life_days ? half_life_days[kind as keyof typeof half_life_days] : null
  return half === null ? 1 : 0.5 ** (Math.max(0, age_ms) / (half * DAY_MS))
}

function linkOf(
  key: string,
  kinds: ReadonlyMap<TraceKind, { value: string; p: number }>,
): AccountLink {
  const [a = '', b = ''] = key.split('\u0000')
  // Whoever shares an address of the network shares the network.
  const counted = [...kinds].filter(([kind]) => kind !== 'network' || !kinds.has('ip'))
  const evidence = counted
    .map(([kind, { value, p }]) => ({ kind, value, p }))
    .sort((x, y) => y.p - x.p)
  const p = 1 - evidence.reduce((rest, one) => rest * (1 - one.p), 1)
  return { a, b, p, evidence }
}

/** Entities of at least two accounts at each level; what is sure is likely, what is likely possible. */
export function linkedEntities(
  links: readonly AccountLink[],
  settings: LinkSettings,
): EntityMember[] {
  const floors = { possible: settings.p_possible, likely: settings.p_likely, sure: settings.p_sure }
  return LEVELS.flatMap(level => {
    const counting = links.filter(({ p }) => p >= floors[level])
    return clusters(counting).flatMap(cluster => {
      if (cluster.length <= settings.cluster_max) return members(level, cluster, counting)
      const strong = counting.filter(
        ({ a, p }) => p >= Math.max(settings.recut_p, floors[level]) && cluster.includes(a),
      )
      return clusters(strong).flatMap(part => members(level, part, strong))
    })
  })
}

function clusters(links: readonly AccountLink[]): string[][] {
  const parents = new Map<string, string>()
  const root = (name: string): string => {
    let at = name
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up
    return at
  }
  for (const { a, b } of links) {
    const [first, second] = [root(a), root(b)]
    if (first !== second) parents.set(second, first)
  }
  const names = [...new Set(links.flatMap(({ a, b }) => [a, b]))].sort()
  return [...Map.groupBy(names, root).values()]
}

function members(
  level: LinkLevel,
  tenants: readonly string[],
  links: readonly AccountLink[],
): EntityMember[] {
  const entity_id = groupId(tenants)
  return tenants.map(tenant_id => {
    const own = links.filter(({ a, b }) => a === tenant_id || b === tenant_id)
    const best = own.reduce((most, link) => (link.p > most.p ? link : most))
    return { level, entity_id, tenant_id, p: best.p, evidence: best.evidence }
  })
}
