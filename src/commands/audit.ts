import { Fault } from '../domain/fault.ts'
import { auditPartitions, type PartitionAudit } from '../stages/ingest/audit.ts'
import { rewindPartition } from '../stages/ingest/partition-claim.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, EXIT, type GlobalOptions, printLine } from './context.ts'
import { readInstant } from './detect.ts'
import { openForCommand } from './open.ts'

/** `flopwatch audit`: what every partition delivered, set against what the store holds of it. */

export interface AuditOptions extends GlobalOptions {
  /** Only what was received since; everything when left out. */
  readonly since?: string
  /** `topic/partition@offset`: have it read again from there instead of auditing. */
  readonly rewind?: string
}

export async function auditCommand(
  context: CommandContext,
  options: AuditOptions,
): Promise<number> {
  const since = readInstant(options.since, '--since') ?? 0
  const place = options.rewind === undefined ? null : readPlace(options.rewind)
  const app = await openForCommand(context, options)
  try {
    if (place !== null) {
      const start = await rewindPartition(app, place, place.offset)
      printLine(
        context,
        `${place.topic}/${place.partition} is read again from offset ${start} on, by whoever claims it next; samples that are stored already change no number`,
      )
      return EXIT.done
    }
    const partitions = await auditPartitions(app.store, since)
    if (options.json === true) printLine(context, JSON.stringify({ partitions }, null, 2))
    else printAudit(context, partitions)
    return partitions.every(({ faults }) => faults.length === 0) ? EXIT.done : EXIT.fault
  } finally {
    await app.close()
  }
}

function readPlace(text: string): { topic: string; partition: number; offset: number } {
  const found = /^([\w.-]+)\/(\d{1,9})@(\d{1,15})$/.exec(text)
  if (found) {
    const [, topic = '', partition, offset] = found
    return { topic, partition: Number(partition), offset: Number(offset) }
  }
  throw new Fault('USAGE', `--rewind "${text}" is not a place; write it like topic/0@1234`)
}

const COLUMNS = [
  { name: 'partition' },
  { name: 'offsets' },
  ...['consumed', 'accepted', 'duplicates', 'quarantined', 'replaced', 'held'].map(name => ({
    name,
    align: 'right' as const,
  })),
  { name: 'balances' },
]

function printAudit(context: CommandContext, partitions: readonly PartitionAudit[]): void {
  if (partitions.length === 0) {
    printLine(context, 'no partition was read yet')
    return
  }
  const count = (value: number | undefined) => value?.toLocaleString('en') ?? 'not counted'
  const rows = partitions.map(audit => [
    nameOf(audit),
    `${audit.offset_first}–${audit.offset_next}`,
    count(audit.consumed),
    count(audit.accepted),
    count(audit.duplicates),
    count(audit.quarantined),
    count(audit.held?.superseded),
    count(audit.held?.samples),
    audit.faults.length === 0 ? 'yes' : 'NO',
  ])
  printLine(context, formatTable(COLUMNS, rows))
  for (const audit of partitions) {
    for (const fault of audit.faults) printLine(context, `${nameOf(audit)}: ${fault}`)
  }
  const off = partitions.filter(({ faults }) => faults.length > 0).length
  printLine(
    context,
    off === 0
      ? 'consumed = accepted + duplicates + quarantined, and accepted = held + replaced, in every partition'
      : `${off} of ${partitions.length} partitions do not balance`,
  )
}

function nameOf({ topic, partition, incarnation }: PartitionAudit): string {
  return `${topic}/${partition}${incarnation === 0 ? '' : ` (made anew, claim ${incarnation})`}`
}
