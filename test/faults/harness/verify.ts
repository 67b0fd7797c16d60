import { auditPartitions, type PartitionAudit } from '../../../src/stages/ingest/audit.ts'
import { noteMessage } from './evidence.ts'
import { GROUP, TOPIC, type World } from './world.ts'

/** The account after a fault: everything that was said stands in the store once, and adds up. */

const LINES_MAX = 20

/** What each partition must have counted, from the log and from what the senders sent. */
export interface Expected {
  messages: number
  records: number
  refused: number
}

/** Remembers what the log held at the last look, so that each message is read once. */
export interface Verifier {
  /** Every difference, in words; none when all is exact. `ends` are those of the log. */
  differences(ends: ReadonlyMap<number, number>): Promise<string[]>
}

export function createVerifier(world: World): Verifier {
  const expected = new Map<number, Expected>()
  /** Records in quarantine by the message that they came in. */
  const quarantine = new Map<string, number>()

  const readLog = (ends: ReadonlyMap<number, number>) =>
    world.log.readTo(ends, (partition, offset, id) => {
      const parcel = world.sender.sent.get(id)
      noteMessage(world.logFolder, [partition, offset, id])
      if (parcel === undefined) throw new Error(`message ${partition}@${offset} was never sent`)
      const sums = expected.get(partition) ?? { messages: 0, records: 0, refused: 0 }
      expected.set(partition, sums)
      sums.messages += 1
      sums.records += parcel.records
      sums.refused += parcel.refused
      const source = `kafka:${TOPIC}/${partition}@${offset}`
      if (parcel.refused > 0) quarantine.set(source, parcel.refused)
    })
  return {
    async differences(ends) {
      await readLog(ends)
      const audits = await auditPartitions(world.store, 0)
      return [
        ...ledgerDifferences(audits, expected, ends),
        ...(await sampleDifferences(world)),
        ...(await quarantineDifferences(world, withBodies(world, quarantine))),
        ...(await commitDifferences(world)),
      ]
    },
  }
}

function ledgerDifferences(
  audits: readonly PartitionAudit[],
  expected: ReadonlyMap<number, Expected>,
  ends: ReadonlyMap<number, number>,
): string[] {
  return [...expected].flatMap(([partition, { messages, records, refused }]) => {
    const name = `${TOPIC}/${partition}`
    const own = audits.filter(audit => audit.topic === TOPIC && audit.partition === partition)
    const [audit] = own
    if (audit === undefined || own.length > 1) return [`${name} has ${own.length} accounts`]
    const span = [
      ['first offset', audit.offset_first, 0],
      ['next offset', audit.offset_next, ends.get(partition)],
      ['messages', audit.messages, messages],
      ['records', audit.consumed, records],
      ['in quarantine', audit.quarantined, refused],
    ] as const
    return [
      ...span
        .filter(([, found, wanted]) => found !== wanted)
        .map(([what, found, wanted]) => `${name}: ${what} ${found} instead of ${wanted}`),
      ...audit.faults.map(fault => `audit of ${name}: ${fault}`),
    ]
  })
}

async function sampleDifferences({ front, truth }: World): Promise<string[]> {
  const rows = await lines(
    front.url,
    `select device_id, toUnixTimestamp64Milli(time), revision, power_w, gpu_util * 128
    from default.samples final format TSV`,
  )
  return truth.differences(
    rows.map(row => row.replaceAll('\t', ' ')),
    LINES_MAX,
  )
}

/** Bodies are told apart by no offset: what was refused of all of them stands under one source. */
function withBodies(
  { httpSender }: World,
  quarantine: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const refused = httpSender.refused()
  return refused === 0 ? quarantine : new Map([...quarantine, ['http:127.0.0.1', refused]])
}

async function quarantineDifferences(
  { front }: World,
  wanted: ReadonlyMap<string, number>,
): Promise<string[]> {
  const rows = await lines(
    front.url,
    'select source, count() from default.quarantine final group by source format TSV',
  )
  const found = new Map(rows.map(row => [row.split('\t')[0] ?? '', Number(row.split('\t')[1])]))
  const sources = [...new Set([...wanted.keys(), ...found.keys()])]
  return sources
    .filter(source => wanted.get(source) !== found.get(source))
    .map(
      source =>
        `quarantine holds ${found.get(source) ?? 0} of ${source}, not ${wanted.get(source) ?? 0}`,
    )
    .slice(0, LINES_MAX)
}

/**
 * An offset that is committed beyond a row that is not durable would lose it at the next start. What
 * was rewound had been durable before, so parts that no longer stand count here as well.
 */
export async function commitDifferences({ log, front }: World): Promise<string[]> {
  // In this order: what the store holds later can only be more.
  const committed = await log.committed(GROUP)
  const rows = await lines(
    front.url,
    `select partition, max(offset_next) from default.partition_parts
    where kind = 'part' and topic = '${TOPIC}' group by partition format TSV`,
  )
  const durable = new Map(rows.map(row => [Number(row.split('\t')[0]), Number(row.split('\t')[1])]))
  return [...committed]
    .filter(([partition, offset]) => offset > (durable.get(partition) ?? 0))
    .map(
      ([partition, offset]) =>
        `${TOPIC}/${partition} is committed to ${offset}, durable to ${durable.get(partition) ?? 0}`,
    )
}

/**
 * Rows of a statement of the harness alone, straight from the store. Tables are named with their
 * database there: faults that befall statements of the product tell them by the table's name. Each on
 * a connection of its own: of a kept one it is not known whether the store has closed it meanwhile.
 */
export async function lines(url: string, statement: string): Promise<string[]> {
  const headers = { connection: 'close' }
  const answer = await fetch(url, { method: 'POST', body: statement, headers })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text === '' ? [] : text.slice(0, -1).split('\n')
}
