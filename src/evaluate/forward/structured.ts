import { DAY_MS, HOUR_MS, type Instant } from '../../domain/window.ts'
import { appendUsage } from '../../ports/append-usage.ts'
import { type Cast, company, control, directAccount } from '../../simulate/cast.ts'
import type { Random } from '../../simulate/random.ts'
import { accountRecords, ownershipRecords, partyRecords } from '../../simulate/registry.ts'
import type { Bench } from '../section.ts'
import { sendRecords } from '../send.ts'
import {
  drawCommitments,
  drawFrontierRun,
  type FrontierRun,
  hourOf,
  type Priors,
  usageRows,
} from './frontier.ts'
import { asker, isCould } from './watch.ts'

/** A run spread over four companies with one owner behind them, whom the register half knows. */

export const ACCOUNTS = 4
/** Of what links an account to its owner, this share is missing from the register. */
const MISSING = 0.3
const STAGES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.49] as const

export interface StructuredRun {
  readonly run: FrontierRun
  readonly tenants: readonly string[]
  /** Accounts whose owner is on record. */
  readonly linked: number
}

export async function playStructured(
  bench: Bench,
  random: Random,
  name: string,
  { start, priors }: { readonly start: Instant; readonly priors: Priors },
): Promise<StructuredRun> {
  const run = drawFrontierRun(random, name, start)
  const tenants = Array.from({ length: ACCOUNTS }, (_, index) => `${name}-${index + 1}`)
  const known = tenants.filter(() => !random.chance(MISSING))
  const cast = castOf(name, tenants, known)
  const window = { start, end: start + 365 * DAY_MS }
  await sendRecords(bench.intake, 'identity.party', partyRecords(cast, window))
  await sendRecords(bench.intake, 'identity.account', accountRecords(cast, window))
  if (known.length > 0) {
    await sendRecords(bench.intake, 'identity.ownership', ownershipRecords(cast, window))
  }
  const share = 1 / ACCOUNTS
  const rows = tenants.flatMap(tenant => usageRows(run, tenant, share, priors))
  await appendUsage(bench.store, rows)
  const orders = tenants.flatMap(tenant => drawCommitments(random, run, tenant, share))
  await sendRecords(bench.intake, 'telemetry.commitment', orders)
  return { run, tenants, linked: known.length }
}

function castOf(name: string, tenants: readonly string[], known: readonly string[]): Cast {
  const owner = `party-${name}-owner`
  const place = 'Quay House, Road Town, Tortola VG1110'
  return {
    companies: [
      company(owner, `Owner of ${name}`, 'VG', 'VG', place),
      ...tenants.map(tenant => company(`party-${tenant}`, `Shell ${tenant}`, 'VG', 'VG', place)),
    ],
    persons: [],
    stakes: known.map(tenant => control(owner, `party-${tenant}`, 0.6)),
    accounts: tenants.map(tenant => directAccount(tenant, `party-${tenant}`, `card-${tenant}`)),
    administrators: [],
  }
}

/** Progress of the whole run at which COULD first stood; infinite where it did not before half. */
export interface SeenStructured {
  readonly with_commitments: number
  readonly from_use: number
}

export async function watchStructured(
  bench: Bench,
  { run, tenants }: StructuredRun,
): Promise<SeenStructured> {
  const ask = asker(bench, tenants)
  const first = async (detectors: readonly string[]): Promise<number> => {
    for (const stage of STAGES) {
      const asOf = run.start + hourOf(run, stage) * HOUR_MS
      for (const detector of detectors) {
        if ((await ask(detector, asOf)).some(isCould)) return stage
      }
    }
    return Number.POSITIVE_INFINITY
  }
  const from_use = await first(USE)
  const with_commitments = await first(['capacity-could-result', ...USE])
  return { with_commitments, from_use }
}

const USE = ['projected-crossing', 'linked-entity-aggregate', 'entity-rolling-ceiling'] as const
