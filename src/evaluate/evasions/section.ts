import type { Figure } from '../../domain/evaluation.ts'
import { EVASIONS } from '../../simulate/play/evasion.ts'
import { createRandom, type Random } from '../../simulate/random.ts'
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
    const lost = lossFigures(played, random)
    return { skipped: null, figures: [...figures, ...lost], plots: [plotOf(figures)], notes: NOTES }
  },
}

const LEVELS = ['run', 'tenant', 'group'] as const

const of = (level: (typeof LEVELS)[number]) => (levels: Levels) => levels[level]
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

/** A tenth of the samples is lost: does what is said of the run move by less than its interval? */
function lossFigures(played: readonly Played[], random: Random): Figure[] {
  return (['run', 'tenant'] as const).flatMap(level => {
    const pairs = played.flatMap(run => {
      const [shown, lossy] = [run.get('shown')?.whole[level], run.get('lossy')?.whole[level]]
      return shown && lossy && shown.mid > 0 ? [{ shown, lossy }] : []
    })
    const inside = pairs.filter(
      ({ shown, lossy }) => lossy.mid >= shown.lo && lossy.mid <= shown.hi,
    ).length
    const moves = pairs.map(({ shown, lossy }) => Math.abs(Math.log10(lossy.mid / shown.mid)))
    const widths = pairs.map(({ shown }) => Math.log10(shown.hi / shown.mid))
    return [
      shareFigure(`a tenth lost, ${level} within its interval`, inside, pairs.length, {
        kind: 'at_least',
        value: 1,
      }),
      runFigure(`a tenth lost, ${level} moves by`, 'dex', moves, median, random),
      runFigure(`a tenth lost, ${level} moves at most by`, 'dex', moves, largest, random),
      runFigure(`interval of the ${level} upward`, 'dex', widths, median, random),
    ]
  })
}

const largest = (sorted: readonly number[]) => sorted.at(-1) ?? Number.NaN

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
  'a tenth lost: the middle of the run that lost samples lies between the bounds of the same run without loss.',
  'split-unlinked stands for the first half day, when the work has not yet given the accounts away; section structure has the fortnight after.',
  ...EVASIONS.map(({ id, title }) => `${id}: ${title}.`),
]
