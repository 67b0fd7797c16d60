import { isStreamName } from '../../domain/streams.ts'
import { toSqlTime } from '../../domain/window.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Intake } from '../../ports/intake.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { Store } from '../../ports/store.ts'

/** Records of quarantine through the intake again, after a setting or a release has changed. */

export interface ReplayDeps {
  readonly store: Store
  readonly clock: Clock
  readonly intake: Intake
}

type Quarantined = QueryRow<'quarantine-get'>

export type ReplayOutcome = 'taken' | 'refused' | 'incomplete'

/**
 * What became of each, by id. `incomplete`: quarantine kept only its beginning, so nobody can take
 * it in; send the original again.
 */
export async function replayQuarantine(
  { store, clock, intake }: ReplayDeps,
  rows: readonly Quarantined[],
): Promise<ReadonlyMap<string, ReplayOutcome>> {
  const outcomes = new Map<string, ReplayOutcome>()
  const whole = rows.filter(row => row.reason !== 'record_too_large')
  for (const { quarantine_id } of rows) outcomes.set(quarantine_id, 'incomplete')
  const groups = Map.groupBy(whole, row => JSON.stringify([row.stream, row.source]))
  for (const group of groups.values()) {
    const [{ stream, source } = { stream: '', source: '' }] = group
    if (!isStreamName(stream)) continue
    const records = group.map(({ position, raw_base64 }) => ({
      position,
      raw: Buffer.from(raw_base64, 'base64'),
    }))
    const { batch_id } = await intake.retry(stream, source, records)
    const still = await store.query('quarantine-of-batch', { batch_id })
    const refused = new Set(still.map(row => row.quarantine_id))
    for (const { quarantine_id } of group) {
      outcomes.set(quarantine_id, refused.has(quarantine_id) ? 'refused' : 'taken')
    }
    const taken = group.filter(({ quarantine_id }) => !refused.has(quarantine_id))
    const at = toSqlTime(clock.now())
    await store.append(
      'quarantine_replays',
      taken.map(({ quarantine_id }) => ({ quarantine_id, batch_id, at })),
    )
  }
  return outcomes
}
