import { canonicalJson } from './canonical.ts'
import type { Detector, DetectorBundle } from './detector.ts'
import { type Evaluation, findingId, type KnownFinding } from './finding.ts'
import { type Instant, toSqlTime } from './window.ts'

/**
 * History is never edited: a finding that is new, that reads differently or that no longer holds
 * gets one more version. A finding that reads the same gets none, so that a tick without news
 * writes nothing.
 */

export interface FindingQuestion {
  readonly detector: Detector
  readonly bundle: DetectorBundle
  readonly evaluations: readonly Evaluation[]
  /** Latest versions of this detector's findings about the tenants that were asked about. */
  readonly known: readonly KnownFinding[]
  readonly asOf: Instant
  /** Share by which the middle or the upper bound must move for a new version. */
  readonly ratio: number
}

export interface FindingChanges {
  /** Rows of the table `findings`. */
  readonly rows: readonly FindingRow[]
  readonly raised: number
  readonly restated: number
  readonly withdrawn: number
  /** Subjects of withdrawn findings that were not measured any more. */
  readonly gone: readonly { readonly subject_kind: string; readonly subject_id: string }[]
}

export type FindingRow = ReturnType<typeof findingRow>

export function findingChanges(question: FindingQuestion): FindingChanges {
  const { detector, evaluations, known } = question
  const byId = new Map(known.map(finding => [finding.finding_id, finding]))
  const seen = new Set<string>()
  const rows: FindingRow[] = []
  let raised = 0
  let restated = 0
  for (const evaluation of evaluations) {
    if (evaluation.outcome.kind !== 'finding') continue
    const row = findingRow(question, evaluation)
    const before = byId.get(row.finding_id)
    seen.add(row.finding_id)
    if (before && !readsDifferently(before, row, question.ratio)) continue
    rows.push({ ...row, version: (before?.version ?? 0) + 1 })
    if (before && before.state !== 'withdrawn') restated += 1
    else raised += 1
  }
  const ended = known.filter(
    finding => finding.state !== 'withdrawn' && !seen.has(finding.finding_id),
  )
  const measured = new Map(
    evaluations.map(evaluation => [evaluation.measurement.subject_id, evaluation]),
  )
  rows.push(
    ...ended.map(finding =>
      withdrawnRow(question, finding, measured.get(finding.subject_id) ?? null),
    ),
  )
  const gone = ended
    .filter(finding => !measured.has(finding.subject_id))
    .map(({ subject_id }) => ({ subject_kind: detector.definition.subject, subject_id }))
  return { rows, raised, restated, withdrawn: ended.length, gone }
}

function readsDifferently(before: KnownFinding, now: FindingRow, ratio: number): boolean {
  const moved = (from: number, to: number) =>
    from === 0 ? to !== 0 : Math.abs(to - from) >= ratio * Math.abs(from)
  return (
    before.state !== now.state ||
    before.severity !== now.severity ||
    before.parameters !== now.parameters ||
    before.tenant_ids.join('\n') !== now.tenant_ids.join('\n') ||
    moved(before.measured.mid, now.measured_mid) ||
    moved(before.measured.hi, now.measured_hi)
  )
}

function findingRow(question: FindingQuestion, { measurement, outcome }: Evaluation) {
  const found = outcome.kind === 'finding'
  return {
    ...ruleColumns(question),
    finding_id: findingId(
      question.detector.id,
      question.detector.definition.subject,
      measurement.subject_id,
    ),
    version: 1,
    subject_id: measurement.subject_id,
    tenant_ids: [...measurement.tenant_ids].sort(),
    start: toSqlTime(measurement.start),
    end: toSqlTime(measurement.end),
    state: found ? outcome.state : 'withdrawn',
    severity: found ? outcome.severity : 'info',
    confidence: found ? outcome.confidence : 0,
    measured_lo: measurement.lo,
    measured_mid: measurement.mid,
    measured_hi: measurement.hi,
    threshold: found ? outcome.threshold : 0,
    evidence: canonicalJson({ figures: measurement.figures, facts: measurement.facts }),
  }
}

/** What was measured this time where the subject still exists, and why it ended. */
function withdrawnRow(
  question: FindingQuestion,
  before: KnownFinding,
  evaluation: Evaluation | null,
): FindingRow {
  if (evaluation) {
    const { measurement, outcome } = evaluation
    const missing = outcome.kind === 'inconclusive' ? outcome.missing.join('; ') : ''
    const facts = {
      ...measurement.facts,
      withdrawn: `now ${outcome.kind}`,
      ...(missing && { missing }),
    }
    const row = findingRow(question, { measurement: { ...measurement, facts }, outcome })
    return { ...row, version: before.version + 1 }
  }
  return {
    ...ruleColumns(question),
    finding_id: before.finding_id,
    version: before.version + 1,
    subject_id: before.subject_id,
    tenant_ids: [...before.tenant_ids],
    start: toSqlTime(before.window.start),
    end: toSqlTime(before.window.end),
    state: 'withdrawn',
    severity: 'info',
    confidence: 0,
    measured_lo: 0,
    measured_mid: 0,
    measured_hi: 0,
    threshold: 0,
    evidence: canonicalJson({ figures: {}, facts: { withdrawn: 'the subject no longer exists' } }),
  }
}

function ruleColumns({ detector, bundle, asOf }: FindingQuestion) {
  const { definition } = detector
  return {
    detector_id: detector.id,
    detector_version: detector.version,
    detector_hash: detector.hash,
    bundle_hash: bundle.hash,
    raises: definition.raises,
    subject_kind: definition.subject,
    basis: definition.basis,
    unit: definition.unit,
    parameters: parametersText(detector),
    detected_at: toSqlTime(asOf),
  }
}

/** Every parameter in use with its origin, as canonical JSON. */
function parametersText({ parameters }: Detector): string {
  const entries = Object.entries(parameters).map(([name, { value, unit, compare, origin }]) => {
    return [name, { value, unit, compare, origin }] as const
  })
  return canonicalJson(Object.fromEntries(entries))
}
