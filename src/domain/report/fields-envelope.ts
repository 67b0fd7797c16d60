import type { Deadline } from '../filing-clock.ts'
import { known, maybe, type ReportEntry, timeText, unknown } from './entry.ts'
import type { ReportInput } from './input.ts'
import { labelOf, type ReportPerson } from './person.ts'
import type { RedFlag } from './red-flag.ts'
import { basesOf, type ThresholdReading } from './threshold.ts'

/** Part C, what a filing needs beside the rule (regulation 6.4). */

export interface EnvelopeFacts {
  readonly input: ReportInput
  readonly persons: readonly ReportPerson[]
  readonly thresholds: ThresholdReading
  readonly flags: readonly RedFlag[]
  readonly type: ReportType
  readonly prior_report_id: string | null
}

export const REPORT_TYPES = [
  'initial',
  'follow_up_response',
  'corrected',
  'reseller_relayed',
] as const
export type ReportType = (typeof REPORT_TYPES)[number]

/** Fills the report id, which is settled only once the content is. */
export const REPORT_ID_FIELD = 'R-C1'

export const envelopeFields: Readonly<Record<string, (facts: EnvelopeFacts) => ReportEntry[]>> = {
  [REPORT_ID_FIELD]: () => [],
  'R-C2': ({ type }) => [known('', type.replaceAll('_', ' '), 'case')],
  'R-C3': ({ prior_report_id }) => [
    prior_report_id === null
      ? known('', 'none', 'case', 'the first report of this case')
      : known('', prior_report_id, 'case'),
  ],
  'R-C4': ({ input: { regime } }) => [
    known('', `${regime.id}, version ${regime.version}`, 'regime pack', regime.title),
    known('', regime.banner, 'regime pack', regime.legal_force ? 'legal force' : 'no legal force'),
  ],
  'R-C5': ({ input: { filer } }) => [
    maybe('', filer.legal_name, 'settings: filer', 'legal name'),
    maybe('', filer.address, 'settings: filer', 'address'),
    maybe('', filer.contact_name, 'settings: filer', 'contact'),
    maybe('', filer.contact_email, 'settings: filer', 'contact electronic mail'),
    maybe('', filer.contact_phone, 'settings: filer', 'contact telephone'),
  ],
  'R-C6': resellers,
  'R-C7': clockEntries,
  'R-C8': ({ input }) => [
    known(
      '',
      String(input.case.prong),
      'case',
      input.case.prong === 1 ? 'the transaction as agreed' : 'a later development or update',
    ),
  ],
  'R-C9': ({ input }) => basesOf(input).map(basis => known('', basis, 'findings')),
  'R-C10': ({ thresholds }) =>
    thresholds.results.map(found => {
      const limit = `${found.metric} ${found.comparator} ${found.value} ${found.unit}`
      if (found.measured === null) return unknown(found.id, 'regime pack', `${limit}: not measured`)
      const { lo, mid, hi } = found.measured
      const measured = lo === hi ? mid : `${mid} (${lo} to ${hi})`
      const verdict = found.result.replaceAll('_', ' ')
      return known(found.id, `${measured}: ${verdict}`, found.of, limit)
    }),
  'R-C11': ({ flags }) =>
    flags.length === 0
      ? [known('', 'none', 'case')]
      : flags.map(flag => known(flag.id, flag.title, flag.source, flag.detail)),
  'R-C12': ({ input }) => [
    ...input.sources.rows.map(({ stream, batch_id, source, source_hash, rows }) =>
      known(
        batch_id,
        source_hash || 'no hash',
        `${stream}: ${source || 'not known'}`,
        `${rows} rows`,
      ),
    ),
    known(input.case.case_id, input.case.last_hash, 'case', `${input.case.seq} sealed events`),
  ],
  'R-C13': () => [known('', 'see the section Narrative', 'case')],
  'R-C14': ({ input: { case: current } }) => {
    const { preparers, certification: signed } = current
    const prepared = preparers.map(name => known('', name, 'case', 'prepared the report'))
    if (signed === null) return [...prepared, unknown('', 'case', 'not certified yet')]
    const officer = `${signed.officer}, ${signed.title}`
    const when = `certified on ${timeText(signed.at)}`
    return [
      ...prepared,
      known('', officer, 'case', when),
      known('', signed.statement, 'case', 'statement'),
    ]
  },
  'R-C15': () => [
    known('', 'business confidential', 'decided here', 'holds identities and account data'),
  ],
}

function resellers({ input, persons }: EnvelopeFacts): ReportEntry[] {
  const found = persons.filter(({ roles }) => roles.includes('reseller'))
  if (found.length === 0) return [known('', 'none', 'identity: account record')]
  return input.case.tenants.flatMap(tenant => {
    const path = input.accounts.get(tenant)?.reseller_path ?? []
    if (path.length === 0) return []
    const names = path.map(id => labelOf(id, input)).join(' → ')
    return [known(tenant, names, 'identity: account record', 'from the provider to the customer')]
  })
}

function clockEntries({ input: { case: current } }: EnvelopeFacts): ReportEntry[] {
  const { transaction, knowledge, clocks } = current
  const due = (deadline: Deadline, what: string) => {
    const day = `${deadline.due_date} (end of day, ${deadline.time_zone})`
    const rule = `${deadline.clock_id}: ${deadline.days} calendar days after the trigger`
    return known('', day, 'regime pack', `${what}; ${rule}`)
  }
  return [
    known('', timeText(transaction.at), transaction.evidence, 'date of transaction'),
    due(clocks.from_transaction, 'due, from the transaction'),
    knowledge === null
      ? unknown('', 'case', 'date of knowledge: not established yet')
      : known('', timeText(knowledge.knowledge_at), knowledge.source, 'date of knowledge'),
    ...(clocks.from_knowledge ? [due(clocks.from_knowledge, 'due, from knowledge')] : []),
    known('', timeText(current.detected_at), 'findings', 'detected'),
  ]
}
