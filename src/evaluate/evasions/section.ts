import type { Figure } from '../../domain/evaluation.ts'
import { EVASIONS } from '../../simulate/play/evasion.ts'
import { createRandom } from '../../simulate/random.ts'
import { median, runFigure, shareFigure } from '../figure.ts'
import type { Section } from '../section.ts'
import { type Levels, type Played, playEvasions } from './play.ts'

/** Does hiding help? The upper bound of a hidden run over that of the same run shown, in pairs. */

const RUNS = { full: 300, quick: 20 }
/** A hidden run keeps at least this much of its upper bound. */
const KEPT_MIN = 0.98

export const evasionsSection: Section = {
  id: 'evasions',
  title: 'Hiding never helps: upper bound of a hidden run over the same run shown',
  async evaluate(context) {
    const bench = await context.openBench()
    const runs = context.quick ? RUNS.quick : RUNS.full
    const played = await playEvasions(bench, context.seed, runs, context.progress)
    const random = createRandom(context.seed, 'evasions-bootstrap')
    const figures = EVASIONS.flatMap(({ id }): Figure[] => {
      const ratios = ratiosOf(played, id, best)
      const kept = ratios.filter(ratio => ratio >= KEPT_MIN).length
      return [
        shareFigure(`${id} keeps 0.98`, kept, ratios.length, { kind: 'at_least', value: 1 }),
        runFigure(`${id} median`, 'ratio', ratios, median, random),
        runFigure(`${id} least`, 'ratio', ratios, sorted => sorted[0] ?? Number.NaN, random),
        ...LEVELS.map(level =>
          runFigure(`${id} ${level}`, 'ratio', ratiosOf(played, id, of(level)), median, random),
        ),
      ]
    })
    return { skipped: null, figures, plots: [plotOf(figures)], notes: NOTES }
  },
}

const LEVELS = ['run', 'tenant', 'group'] as const

const of = (level: keyof Levels) => (levels: Levels) => levels[level]
const best = (levels: Levels) => Math.max(levels.run, levels.lineage, levels.tenant, levels.group)

function ratiosOf(
  played: readonly Played[],
  evasion: string,
  value: (levels: Levels) => number,
): number[] {
  return played.flatMap(run => {
    const [shown, hidden] = [run.get('shown'), run.get(evasion)]
    return shown && hidden && value(shown) > 0 ? [value(hidden) / value(shown)] : []
  })
}

function plotOf(figures: readonly Figure[]) {
  const suffix = ' median'
  return {
    title: 'Upper bound of the hidden run over that of the same run shown, median',
    kind: 'strip' as const,
    x_label: 'evasion',
    y_label: 'ratio',
    marks: figures
      .filter(({ name }) => name.endsWith(suffix))
      .map(({ name, value }, x) => ({ label: name.slice(0, -suffix.length), x, y: value })),
    lines: [{ label: '0.98', y: KEPT_MIN }],
  }
}

const NOTES = [
  'A run of 32 H100 for half a day with interruptions at published rates, told in samples of ten minutes and billed for what was held. Hidden and shown execute the same operations; each pair shares its draw.',
  'keeps 0.98: share of pairs in which the largest upper bound at any level (run, lineage, tenant, control group) is at least 0.98 of that of the run shown. The levels are listed apart as medians.',
  ...EVASIONS.map(({ id, title }) => `${id}: ${title}.`),
]
