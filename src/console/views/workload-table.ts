import type { WorkloadClass, WorkloadTerm } from '../../domain/workload-class.ts'
import { nameOf, workloadText } from '../../domain/workload-text.ts'
import { type Html, html } from '../html.ts'
import { table } from '../parts.ts'

/** Every term of the workload class, whether it holds or not. */
export function workloadTable(kind: WorkloadClass): Html {
  return html`<p>${workloadText(kind)}.</p>
${table(
  [...kind.terms],
  [
    { title: 'Term', cell: term => term.id },
    { title: 'Adds', kind: 'n', cell: added },
    { title: 'If it holds', kind: 'n', cell: term => signed(term.weight) },
    { title: 'Measured', cell: measured },
    { title: 'Why', cell: term => term.why },
  ],
  'Terms of the workload class',
  'There are no terms.',
)}`
}

function added({ holds, weight }: WorkloadTerm): string {
  if (holds === null) return 'not measured'
  return holds ? signed(weight) : '0'
}

function measured(term: WorkloadTerm): string {
  return term.measured
    .map(({ feature, value }) => {
      const figure = value === null ? 'not measured' : String(Number(value.toPrecision(3)))
      return `${nameOf(feature)} ${figure}`
    })
    .join(', ')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}
