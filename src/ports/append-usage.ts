import { chunks } from '../domain/chunks.ts'
import { fromSqlTime, hoursOfDays } from '../domain/window.ts'
import type { Row, Store } from './store.ts'

/** Hours that one statement names: forty whole days. */
const HOURS_PER_STATEMENT = 960

/** Stores usage-hours that no meter has priced, of fixtures and evaluations, and what their days come to. */
export async function appendUsage(store: Store, rows: readonly Row[]): Promise<void> {
  await store.append('usage_hours', rows)
  const hours = hoursOfDays(rows.map(row => fromSqlTime(String(row['hour']))))
  for (const part of chunks(hours, HOURS_PER_STATEMENT)) {
    const everybody = { everybody: 1, tenants: [] }
    await store.execute('usage-days-rebuild', { hours: part, ...everybody, build: 1 })
  }
}
