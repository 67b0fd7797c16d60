import type { Figure } from '../../domain/evaluation.ts'
import { DAY_MS, parseInstant } from '../../domain/window.ts'
import type { WorkloadClass, WorkloadTerm } from '../../domain/workload-class.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
import { createClassify } from '../../stages/classify.ts'
import { median, runFigure, shareFigure } from '../figure.ts'
import type { Bench, EvaluationContext, Section } from '../section.ts'
import { isTraining, KINDS, type Kind, playKinds } from './play.ts'

/** Does the workload class rank training above other work? */

const TENANTS = { full: 30, quick: 4 }
const START = parseInstant('2026-01-05T00:00:00Z') ?? 0

export const workloadSection: Section = {
  id: 'workload',
  title: 'Workload class: is training ranked above other work',
  async evaluate(context) {
    const bench = await context.openBench()
    const tenants = context.quick ? TENANTS.quick : TENANTS.full
    const players = await playKinds(bench, context.seed, tenants, context.progress)
    const kinds = new Map(players.map(player => [player.tenant_id, player.kind]))
    const judged = await classifyRuns(bench, context, kinds)
    const random = createRandom(context.seed, 'workload-bootstrap')
    return {
      skipped: null,
      figures: [...rankFigures(judged, random), ...kindFigures(judged, random)],
      plots: [plotOf(judged)],
      notes: NOTES,
    }
  },
}

interface Judged {
  readonly kind: Kind
  readonly found: WorkloadClass
}

/** The largest run of each tenant. */
async function classifyRuns(
  bench: Bench,
  context: EvaluationContext,
  kinds: ReadonlyMap<string, Kind>,
): Promise<Judged[]> {
  const classify = createClassify(bench.store, context.workload, bench.catalogueVersion)
  const judged: Judged[] = []
  for (const [tenant, kind] of kinds) {
    const [run] = await bench.store.query('evidence-runs', {
      tenants: [tenant],
      start: START,
      end: START + 4 * DAY_MS,
      run_id: '',
      limit: 1,
    })
    if (run === undefined) continue
    judged.push({ kind, found: await classify({ ...run, stretches: run.gang_ids.length }) })
    context.progress(0.8 + (0.2 * judged.length) / kinds.size)
  }
  return judged
}

function rankFigures(judged: readonly Judged[], random: Random): Figure[] {
  const without = (ids: readonly string[]) => judged.map(one => oddsWithout(one.found, ids))
  const all = judged.map(({ found }) => found.log_odds)
  return [
    aucFigure('AUC', judged, all, random),
    aucFigure('AUC without tensor fields', judged, without(TENSOR), random),
    aucFigure('AUC without traffic', judged, without(TRAFFIC), random),
    aucFigure(
      'AUC without any but power',
      judged,
      without([...TENSOR, ...TRAFFIC, 'vector-work']),
      random,
    ),
    figureOfBalance(judged),
  ]
}

const TENSOR = ['tensor-work', 'tensor-of-sm', 'memory-bound']
const TRAFFIC = ['collective-traffic', 'nvlink-traffic', 'one-way-traffic', 'checkpoints']

function oddsWithout({ base, terms }: WorkloadClass, ids: readonly string[]): number {
  const left = (term: WorkloadTerm) => term.holds === true && !ids.includes(term.id)
  return terms.filter(left).reduce((sum, { weight }) => sum + weight, base)
}

/** Share of pairs of a training and another run that are in order; ties count half. */
function aucFigure(
  name: string,
  judged: readonly Judged[],
  odds: readonly number[],
  random: Random,
): Figure {
  const scored = judged.map(({ kind }, index) => ({ kind, odds: odds[index] ?? 0 }))
  const positives = scored.filter(({ kind }) => isTraining(kind)).map(one => one.odds)
  const negatives = scored.filter(({ kind }) => !isTraining(kind)).map(one => one.odds)
  // resampled by training run: each has its share of the others that it ranks above
  const shares = positives.map(
    own =>
      negatives.reduce((sum, other) => sum + (own > other ? 1 : own === other ? 0.5 : 0), 0) /
      Math.max(negatives.length, 1),
  )
  const mean = (sorted: readonly number[]) =>
    sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  return runFigure(name, 'ratio', shares, mean, random)
}

/** Mean over kinds of the share that is called right at even odds. */
function figureOfBalance(judged: readonly Judged[]): Figure {
  const right = judged.filter(({ kind, found }) => isTraining(kind) === found.log_odds > 0).length
  return shareFigure('called right at even odds', right, judged.length)
}

function kindFigures(judged: readonly Judged[], random: Random): Figure[] {
  return KINDS.flatMap(kind => {
    const own = judged.filter(one => one.kind === kind)
    const called = own.filter(({ found }) => found.log_odds > 0).length
    return [
      shareFigure(`${kind}: called training`, called, own.length),
      runFigure(
        `${kind}: likelihood of training`,
        'ratio',
        own.map(({ found }) => found.p_train),
        median,
        random,
      ),
    ]
  })
}

function plotOf(judged: readonly Judged[]) {
  return {
    title: 'Log-odds of training by kind of work, one mark a run',
    kind: 'scatter' as const,
    x_label: `kind: ${KINDS.map((kind, index) => `${index + 1} ${kind}`).join(', ')}`,
    y_label: 'log-odds',
    marks: judged.map(({ kind, found }, index) => ({
      label: kind,
      x: KINDS.indexOf(kind) + 1 + ((index % 10) - 5) / 25,
      y: found.log_odds,
    })),
    lines: [{ label: 'even odds', y: 0 }],
  }
}

const NOTES = [
  'Three days of a tenant that does one kind of work on 32 to 192 devices, node meters every half hour, through intake, meter and derive; the largest run of each tenant is judged. Weights are those of the project note; none was fitted on these or other runs, so every family is one held out.',
  'The class ranks what people look at. No finding, sum or bound rests on it: what it calls other work is counted and judged like everything else.',
]
