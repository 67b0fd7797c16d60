import { createBuildNumbers } from '../../domain/build.ts'
import type { Figure } from '../../domain/evaluation.ts'
import type { Measurement } from '../../domain/finding.ts'
import { linkSettings } from '../../domain/link-settings.ts'
import { DAY_MS, HOUR_MS, type Instant, toSqlSecond, toSqlTime } from '../../domain/window.ts'
import { appendUsage } from '../../ports/append-usage.ts'
import type { Store } from '../../ports/store.ts'
import { createLink } from '../../stages/link.ts'
import { shareFigure } from '../figure.ts'

/** What a hidden actor keeps of the upper bound once its accounts have given themselves away. */

const KEPT_MIN = 0.98

/** What the detect stage makes of hits, as far as links need it. */
export async function raise(
  store: Store,
  detector_id: string,
  hits: readonly Measurement[],
  at: Instant,
): Promise<void> {
  const findings = hits.map(({ subject_id, tenant_ids }) => ({
    finding_id: `${detector_id}/${subject_id}`,
    version: 1,
    detector_id,
    tenant_ids,
    state: 'present',
    detected_at: toSqlTime(at),
    build: '1',
  }))
  await store.append('findings', findings)
}

export async function unlinkedFigures(store: Store, runs: number): Promise<Figure[]> {
  const found = await store.query('overview-runs', { limit: 1_000_000 })
  const last = Math.max(...found.map(run => run.end))
  await appendUsage(
    store,
    found.map(run => ({
      tenant_id: run.tenant_id,
      // One row holds a run: what counts is the sum, and runs of a tenant begin apart.
      hour: toSqlSecond(Math.floor(run.start / HOUR_MS) * HOUR_MS),
      chip: run.run_id,
      observed_device_s: 1,
      observed_hi: run.flop_hi,
      build: '1',
      is_deleted: 0,
    })),
  )
  const build = createBuildNumbers(() => last)
  const settings = linkSettings.parse(undefined)
  await createLink({ store, build, settings }).relink(last + DAY_MS)
  const scope = { as_of: last + DAY_MS, since: last - 60 * DAY_MS, tenants: [], catalogue: '' }
  const entities = await store.query('entity-operations-rolling', scope)
  const tenants = await store.query('tenant-operations-rolling', scope)
  const kept = (name: string): number => {
    const isOwn = (tenant: string | undefined) => tenant?.startsWith(`${name}-`) === true
    const own = tenants.filter(({ tenant_ids }) => isOwn(tenant_ids[0]))
    const all = own.reduce((sum, { hi }) => sum + hi, 0)
    const seen = entities.filter(({ tenant_ids }) => tenant_ids.some(isOwn))
    const bounds = [...seen, ...own].map(({ hi }) => hi)
    return all === 0 ? 0 : Math.max(...bounds) / all
  }
  return (['split', 'baton'] as const).map(kind => {
    const ratios = Array.from({ length: runs }, (_, ordinal) => kept(`${kind}-${ordinal}`))
    const enough = ratios.filter(ratio => ratio >= KEPT_MIN).length
    return shareFigure(`${kind} over unlinked accounts: hi kept`, enough, runs, {
      kind: 'at_least',
      value: 1,
    })
  })
}
