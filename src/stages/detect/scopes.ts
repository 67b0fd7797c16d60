import { assert } from '../../domain/fault.ts'
import type { KnownFinding } from '../../domain/finding.ts'
import type { Store } from '../../ports/store.ts'
import type { Asking } from './rota.ts'

/** Whom a change in some tenants concerns, and what was found about them before. */

/** Beyond this many tenants naming them costs the engine more than reading everything. */
const SCOPE_TENANTS_MAX = 500

export interface DetectScope {
  /** Empty: everybody. */
  readonly tenants: string[]
  readonly known: readonly KnownFinding[]
}

/** Whom each list of dirty tenants stands for, and what was found about them before. */
export async function readScopes(
  store: Store,
  plan: readonly Asking[],
): Promise<ReadonlyMap<Asking['dirty'], DetectScope>> {
  const scopes = new Map<Asking['dirty'], DetectScope>()
  // Who is owed a look is often just who is dirty: lists of the same tenants are looked up once.
  const read = new Map<string, DetectScope>()
  for (const { dirty } of plan) {
    if (scopes.has(dirty)) continue
    const key = JSON.stringify(dirty && [...dirty].sort())
    const scope = read.get(key) ?? (await readScope(store, dirty))
    read.set(key, scope)
    scopes.set(dirty, scope)
  }
  return scopes
}

async function readScope(store: Store, dirty: Asking['dirty']): Promise<DetectScope> {
  const tenants = await resolveScope(store, dirty)
  return { tenants, known: await readKnownFindings(store, tenants) }
}

async function resolveScope(store: Store, dirty: readonly string[] | null): Promise<string[]> {
  if (dirty === null || dirty.length > SCOPE_TENANTS_MAX) return []
  const linked = await store.query('detect-scope', { tenants: [...dirty] })
  const tenants = [...new Set([...dirty, ...linked.map(row => row.tenant_id)])].sort()
  return tenants.length > SCOPE_TENANTS_MAX ? [] : tenants
}

async function readKnownFindings(store: Store, tenants: string[]): Promise<KnownFinding[]> {
  const rows = await store.query('findings-latest', { tenants })
  return rows.map(row => {
    const [detector_id, subject_kind, subject_id] = row.subject
    const [lo, mid, hi] = row.measured
    return {
      finding_id: row.finding_id,
      version: row.latest,
      detector_id,
      subject_kind,
      subject_id,
      tenant_ids: row.latest_tenants,
      window: { start: row.latest_start, end: row.latest_end },
      state: row.latest_state,
      severity: row.latest_severity,
      measured: { lo, mid, hi },
      parameters: row.latest_parameters,
    }
  })
}

export function scopeOf(
  scopes: ReadonlyMap<Asking['dirty'], DetectScope>,
  { dirty }: Asking,
): DetectScope {
  const scope = scopes.get(dirty)
  assert(scope !== undefined, 'every list of a plan has its scope')
  return scope
}
