import pLimit from 'p-limit'
import { judge } from '../domain/band.ts'
import type { BuildNumbers } from '../domain/build.ts'
import type { Detector, DetectorBundle } from '../domain/detector.ts'
import { Fault } from '../domain/fault.ts'
import type { Evaluation, KnownFinding } from '../domain/finding.ts'
import { findingChanges } from '../domain/finding-version.ts'
import { type Instant, toSqlTime } from '../domain/window.ts'
import type { Clock, Logger } from '../ports/clock.ts'
import { type Guard, UNGUARDED } from '../ports/fence.ts'
import type { QueryRow } from '../ports/queries/registry.ts'
import type { Row, Store } from '../ports/store.ts'
import { ALL_TIME } from './detect/reach.ts'
import { type Asking, createRota } from './detect/rota.ts'
import { readScopes, scopeOf } from './detect/scopes.ts'
import { concerned, sinceOf, windowStart } from './detect/since.ts'
import { measureQuery } from './kinds/query.ts'
import { measureFeature, type Scope } from './kinds/threshold.ts'

/**
 * Asks every detector about the tenants that something has touched, keeps the current answers in
 * `outcomes` and appends to `findings` what has become true, has changed or no longer holds. A
 * detector that throws fails alone; its findings stay as they are until it works again.
 */

export interface DetectSettings {
  /** A finding is stated anew when a bound moved by at least this share. */
  readonly finding_restate_ratio: number
}

export interface DetectDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly builds: BuildNumbers
  readonly catalogue: DetectorBundle
  /** Version of the reference data that capacity and peaks are read from. */
  readonly catalogueVersion: string
  readonly settings: DetectSettings
}

export interface DetectSummary {
  readonly evaluated: number
  /** Finding versions appended, by what became of the finding. */
  readonly raised: number
  readonly restated: number
  readonly withdrawn: number
  readonly failed: readonly { readonly detector_id: string; readonly fault: string }[]
}

export interface Detect {
  /**
   * Evaluates every detector as of an instant. `dirty` names the tenants that changed since the
   * last call, '' for unattributed compute; null means all, and is due whenever only time has
   * passed, because windows move and commitments run out, and for detectors of hourly cadence.
   * Who was named before detectors of cadence `turn` were asked about it is remembered; these are
   * all asked where contracts have changed. What ended before `changedSince` is as it was, and
   * detectors of every tick that judge each run by itself are not asked about it.
   */
  evaluate(
    asOf: Instant,
    dirty: readonly string[] | null,
    guard?: Guard,
    isRearranged?: boolean,
    changedSince?: Instant,
  ): Promise<DetectSummary>
}

const UNSETTLED_MAX = 100_000
/** What an evaluation of nothing comes to. */
export const NOTHING: DetectSummary = {
  evaluated: 0,
  raised: 0,
  restated: 0,
  withdrawn: 0,
  failed: [],
}

export function createDetect(dependencies: DetectDependencies): Detect {
  const { store, catalogue, builds } = dependencies
  const rota = createRota(catalogue.detectors)
  return {
    async evaluate(asOf, dirty, guard = UNGUARDED, isRearranged = false, changedSince = ALL_TIME) {
      const plan = rota.plan(asOf, dirty, isRearranged)
      if (plan.length === 0) return NOTHING
      const scopes = await readScopes(store, plan)
      const unsettled = await store.query('outcomes-unsettled', { limit: UNSETTLED_MAX })
      const answers = await askAll(plan, asking => {
        const { detector } = asking
        const { tenants, known } = scopeOf(scopes, asking)
        const open = unsettled.filter(outcome => outcome.detector_id === detector.id)
        const own = known.filter(finding => finding.detector_id === detector.id)
        const since = sinceOf(detector, asOf, changedSince)
        return evaluateDetector(dependencies, detector, { asOf, since, tenants, own, open })
      })
      await keepAnswers(store, answers, builds(), guard)
      rota.done(asOf, plan, dirty)
      return answers.map(answer => answer.summary).reduce(addSummaries, NOTHING)
    },
  }
}

/** As many as there are connections: features are asked over those that read, others over one of their own. */
const AT_ONCE = { threshold: 2, query: 1 } as const

/**
 * Planning a statement keeps one core busy, so several are asked side by side. Answers come in the order
 * of the detectors.
 */
async function askAll(
  plan: readonly Asking[],
  ask: (asking: Asking) => Promise<Answer>,
): Promise<Answer[]> {
  const lanes = { threshold: pLimit(AT_ONCE.threshold), query: pLimit(AT_ONCE.query) }
  try {
    const laneOf = ({ detector }: Asking) => lanes[detector.definition.kind]
    return await Promise.all(plan.map(asking => laneOf(asking)(() => ask(asking))))
  } catch (fault) {
    for (const lane of Object.values(lanes)) lane.clearQueue()
    throw fault
  }
}

/** Measures and judges, without writing: what `check` and the fixtures run too. */
export async function runDetector(
  store: Store,
  detector: Detector,
  at: Omit<Scope, 'since'> & { readonly since?: Instant },
): Promise<Evaluation[]> {
  const { definition } = detector
  if (definition.status === 'retired') return []
  const scope = { ...at, since: at.since ?? windowStart(detector, at.asOf) }
  const measurements =
    definition.kind === 'threshold'
      ? await measureFeature(store, definition.feature, scope)
      : await measureQuery(store, detector, scope)
  return measurements.map(measurement => judge(detector, measurement))
}

interface Asked {
  readonly asOf: Instant
  /** From when on it is asked: from where its window begins, or from where something changed. */
  readonly since: Instant
  readonly tenants: readonly string[]
  readonly own: readonly KnownFinding[]
  readonly open: readonly QueryRow<'outcomes-unsettled'>[]
}

/** What a detector had to say: rows of `findings`, without their build, and of `outcomes`. */
interface Answer {
  readonly findings: readonly Row[]
  readonly outcomes: readonly Row[]
  readonly summary: DetectSummary
}

/** Findings first: an outcome without its finding would never be looked at again. */
async function keepAnswers(
  store: Store,
  answers: readonly Answer[],
  build: number,
  guard: Guard,
): Promise<void> {
  const findings = answers.flatMap(answer => answer.findings)
  if (findings.length > 0) await guard()
  await store.append(
    'findings',
    findings.map(row => ({ ...row, build: String(build) })),
  )
  await store.append(
    'outcomes',
    answers.flatMap(answer => answer.outcomes),
  )
}

async function evaluateDetector(
  dependencies: DetectDependencies,
  detector: Detector,
  { asOf, since, tenants, own, open }: Asked,
): Promise<Answer> {
  const { store, clock, catalogue, settings, logger, catalogueVersion } = dependencies
  const outcome = (fields: Row): Row => ({
    detector_id: detector.id,
    evaluated_at: toSqlTime(clock.now()),
    ...BLANK_OUTCOME,
    detector_version: detector.version,
    detector_hash: detector.hash,
    ...fields,
  })
  let evaluations: Evaluation[]
  let known: readonly KnownFinding[]
  try {
    const catalogue = catalogueVersion
    evaluations = await runDetector(store, detector, { asOf, since, tenants, catalogue })
    known = await concerned(store, detector, { asOf, since, tenants, own }, evaluations)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.retryable) throw thrown
    const fault = describeFault(thrown)
    logger.error({ detector_id: detector.id, err: thrown }, 'a detector failed')
    return {
      findings: [],
      outcomes: [outcome({ ...detectorSubject(detector), kind: 'failed', fault })],
      summary: { ...NOTHING, failed: [{ detector_id: detector.id, fault }] },
    }
  }
  const changes = findingChanges({
    detector,
    bundle: catalogue,
    evaluations,
    known,
    asOf,
    ratio: settings.finding_restate_ratio,
  })
  const isComplete = tenants.length === 0 && since <= windowStart(detector, asOf)
  const gone = goneSubjects(evaluations, open, isComplete)
  const { rows, raised, restated, withdrawn } = changes
  return {
    findings: rows,
    outcomes: [
      ...evaluations.map(evaluation => outcome(outcomeFields(detector, evaluation))),
      ...[...gone, ...changes.gone].map(subject => outcome({ ...subject, kind: 'clear' })),
    ],
    summary: { evaluated: evaluations.length, raised, restated, withdrawn, failed: [] },
  }
}

const BLANK_OUTCOME = {
  state: '',
  measured_lo: 0,
  measured_mid: 0,
  measured_hi: 0,
  missing: [],
  fault: '',
} as const

function outcomeFields(detector: Detector, { measurement, outcome }: Evaluation): Row {
  return {
    subject_kind: detector.definition.subject,
    subject_id: measurement.subject_id,
    kind: outcome.kind,
    state: outcome.kind === 'finding' ? outcome.state : '',
    measured_lo: measurement.lo,
    measured_mid: measurement.mid,
    measured_hi: measurement.hi,
    missing: outcome.kind === 'inconclusive' ? outcome.missing : [],
  }
}

/** A failure has no subject but the detector itself: nobody knows whom it would have named. */
function detectorSubject(detector: Detector) {
  return { subject_kind: 'detector', subject_id: detector.id }
}

/**
 * Open answers that this evaluation settles: the detector's own failure, since it worked, and
 * after a look at everything also subjects that no longer exist.
 */
function goneSubjects(
  evaluations: readonly Evaluation[],
  open: readonly QueryRow<'outcomes-unsettled'>[],
  complete: boolean,
) {
  const present = new Set(evaluations.map(({ measurement }) => measurement.subject_id))
  return open
    .filter(({ kind, subject_id }) => kind === 'failed' || (complete && !present.has(subject_id)))
    .map(({ subject_kind, subject_id }) => ({ subject_kind, subject_id }))
}

function describeFault(thrown: unknown): string {
  if (thrown instanceof Fault) return `${thrown.code}: ${thrown.message}`
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.slice(0, 500)
}

function addSummaries(a: DetectSummary, b: DetectSummary): DetectSummary {
  return {
    evaluated: a.evaluated + b.evaluated,
    raised: a.raised + b.raised,
    restated: a.restated + b.restated,
    withdrawn: a.withdrawn + b.withdrawn,
    failed: [...a.failed, ...b.failed],
  }
}
