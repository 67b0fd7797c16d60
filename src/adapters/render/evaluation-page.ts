import { barText, type EvaluationReport, type Figure } from '../../domain/evaluation.ts'
import { evaluationPlot } from './evaluation-plot.ts'
import { reportStyle } from './html-style.ts'
import { escapeHtml, htmlList, htmlSection, htmlTable } from './markup.ts'

/** An evaluation as one page that needs nothing else: tables, drawings, notes, seeds. */
export function renderEvaluation(report: EvaluationReport): string {
  const missed = report.sections
    .flatMap(({ figures }) => figures)
    .filter(({ met }) => met === false)
  const status = statusText(missed.length)
  const sections = report.sections.map(section =>
    htmlSection(
      section.id,
      section.title,
      section.skipped === null
        ? htmlTable('Figures', COLUMNS, section.figures)
        : `<p class="none">${escapeHtml(section.skipped)}</p>`,
      ...section.plots.map(evaluationPlot),
      htmlList(section.notes),
    ),
  )
  const note = report.quick ? ' A quick run: its figures are not the ones to quote.' : ''
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Evaluation</title>',
    `<style>${reportStyle(status, 'evaluation')}</style></head><body>`,
    '<h1>How good the numbers are</h1>',
    `<p class="soft">Seed ${report.seed}, reference data ${escapeHtml(report.catalogue)}.${note}`,
    'Intervals of the figures are 95 %: Wilson for shares, bootstrap over runs otherwise.</p>',
    `<p class="status${missed.length === 0 ? ' force' : ''}">${escapeHtml(status)}</p>`,
    ...sections,
    '</body></html>',
    '',
  ].join('\n')
}

function statusText(missed: number): string {
  if (missed === 0) return 'every bar is reached'
  return missed === 1 ? '1 bar is missed' : `${missed} bars are missed`
}

const COLUMNS = [
  { title: 'figure', cell: ({ name }: Figure) => name },
  { title: 'value', cell: valueText, figure: true },
  { title: '95 % interval', cell: uncertaintyText, figure: true },
  { title: 'runs', cell: ({ n }: Figure) => String(n), figure: true },
  { title: 'bar', cell: ({ bar }: Figure) => (bar === null ? '' : barText(bar)), figure: true },
  { title: '', cell: verdict },
]

/** Three significant digits; counts to a tenth, since a mean of them is seldom whole. */
export function valueText({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  if (Number.isNaN(value)) return 'none'
  if (unit === 'count') return String(Number(value.toFixed(1)))
  const text = Math.abs(value) < 1 ? value.toFixed(3) : Number(value.toPrecision(3)).toString()
  return unit === 'share' || unit === 'ratio' ? text : `${text} ${unit}`
}

export function uncertaintyText({ uncertainty, unit }: Figure): string {
  if (uncertainty === null) return ''
  const text = (value: number) => valueText({ value, unit: unit === 'count' ? unit : 'share' })
  return `${text(uncertainty.lo)} – ${text(uncertainty.hi)}`
}

export function verdict({ met }: Figure): string {
  return met === null ? '' : met ? 'reached' : 'missed'
}
