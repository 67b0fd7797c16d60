import type { Instant } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import type { Store } from '../../ports/store.ts'
import { partitionSource } from './receive-ranges.ts'

/**
 * The proof that partitions were counted once: what the ledger says was consumed, set against what
 * the store holds, and the parts of each partition against each other.
 */

type LedgerRow = QueryRow<'audit-partitions'>
export type PartitionBreak = QueryRow<'audit-breaks'>

export interface PartitionAudit extends LedgerRow {
  /** Found in the store: samples, accepted samples that others replaced, records in quarantine. */
  readonly held: {
    readonly samples: number
    readonly superseded: number
    readonly quarantined: number
  } | null
  readonly breaks: readonly PartitionBreak[]
  /** What does not add up, one sentence each; none when the partition balances. */
  readonly faults: readonly string[]
}

/** Breaks that are listed; a ledger with more is beyond repair by reading a list. */
const BREAKS_MAX = 1000

/** A partition that is read meanwhile may look off; one that is off stays off. */
const LOOKS = 3

/**
 * Audits what was received since an instant (0: everything). Samples are counted in the store; of
 * the slower streams the ledger alone is checked, and `held` is null. Partitions may be read while
 * they are audited: what lies beyond the ledger is not counted, and since a sample may be replaced
 * between two counts, what is off is looked at again before it is said.
 */
export async function auditPartitions(
  store: Store,
  since: Instant,
): Promise<readonly PartitionAudit[]> {
  let audits = await look(store, since)
  for (let looks = 1; looks < LOOKS && audits.some(isOff); looks += 1) {
    // What balanced once has proved itself, and its line stays as it was then.
    const proven = new Map(
      audits.filter(audit => !isOff(audit)).map(audit => [partitionSource(audit), audit]),
    )
    const again = await look(store, since)
    audits = again.map(audit => proven.get(partitionSource(audit)) ?? audit)
  }
  return audits
}

const isOff = ({ faults }: PartitionAudit): boolean => faults.length > 0

async function look(store: Store, since: Instant): Promise<PartitionAudit[]> {
  const ledger = await store.query('audit-partitions', { since })
  const breaks = await store.query('audit-breaks', { since, limit: BREAKS_MAX })
  const measured = await countHeld(
    store,
    ledger.filter(row => row.stream === 'telemetry.accelerator'),
  )
  return ledger.map(row => {
    const own = breaks.filter(
      found =>
        found.topic === row.topic &&
        found.partition === row.partition &&
        found.incarnation === row.incarnation,
    )
    const held = measured.get(partitionSource(row)) ?? null
    return { ...row, held, breaks: own, faults: faultsOf(row, held, own) }
  })
}

type Held = NonNullable<PartitionAudit['held']>

async function countHeld(
  store: Store,
  rows: readonly LedgerRow[],
): Promise<ReadonlyMap<string, Held>> {
  if (rows.length === 0) return new Map()
  const sources = rows.map(partitionSource)
  const firsts = rows.map(row => row.offset_first)
  const nexts = rows.map(row => row.offset_next)
  const times = rows.flatMap(row => row.time_min ?? [])
  const from = times.reduce((least, time) => Math.min(least, time), Number.MAX_SAFE_INTEGER)
  const span = { sources, firsts, nexts, from: times.length === 0 ? 0 : from }
  const [samples, superseded, quarantined] = [
    await store.query('audit-held', span),
    await store.query('audit-superseded', span),
    await store.query('audit-quarantine', { sources, firsts, nexts }),
  ].map(found => new Map(found.map(row => [row.source, row.rows] as const)))
  return new Map(
    sources.map(source => [
      source,
      {
        samples: samples?.get(source) ?? 0,
        superseded: superseded?.get(source) ?? 0,
        quarantined: quarantined?.get(source) ?? 0,
      },
    ]),
  )
}

function faultsOf(row: LedgerRow, held: Held | null, breaks: readonly PartitionBreak[]): string[] {
  const { consumed, accepted, duplicates, quarantined } = row
  const faults: string[] = []
  const counted = accepted + duplicates + quarantined
  if (consumed !== counted) {
    faults.push(`${consumed} records were consumed and ${counted} are accounted for`)
  }
  if (held !== null) {
    const owed = accepted - held.superseded
    if (held.samples !== owed) {
      faults.push(
        `the store holds ${held.samples} samples of ${owed}: ${apart(held.samples, owed)}`,
      )
    }
    if (held.quarantined !== quarantined) {
      const difference = apart(held.quarantined, quarantined)
      faults.push(`quarantine holds ${held.quarantined} records of ${quarantined}: ${difference}`)
    }
  }
  return [...faults, ...breaks.map(breakText)]
}

function apart(found: number, owed: number): string {
  return found < owed ? `${owed - found} are missing` : `${found - owed} are too many`
}

function breakText({ kind, offset_from, offset_to, reason }: PartitionBreak): string {
  const span = `offsets ${offset_from} to ${offset_to - 1}`
  if (kind === 'overlap') return `${span} were counted by two parts`
  return reason === 'gap' ? `${span} were gone before they were read` : `${span} were not read`
}
