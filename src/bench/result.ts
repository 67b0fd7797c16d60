import { formatTable } from '../terminal/table.ts'
import type { BenchSizes } from './context.ts'
import type { Figure, Machine, SectionResult } from './figures.ts'

export interface BenchResult {
  readonly machine: Machine
  readonly options: BenchSizes
  readonly sections: Record<string, SectionResult>
}

const COLUMNS = [
  { name: 'what' },
  { name: 'median', align: 'right' as const },
  { name: 'min – max', align: 'right' as const },
  { name: 'unit' },
  { name: 'n', align: 'right' as const },
]

/** One table for people, with what each figure rests on below its section. */
export function formatResult({ machine, options, sections }: BenchResult): string {
  const rows = Object.values(sections).flatMap(section => section.figures.map(figureCells))
  const gibibytes = Math.round(machine.memory_bytes / 2 ** 30)
  return [
    ...(rows.length > 0 ? [formatTable(COLUMNS, rows)] : []),
    ...Object.entries(sections).flatMap(([name, { skipped }]) =>
      skipped === null ? [] : [`${name} was left out: ${skipped}`],
    ),
    ...basisLines(Object.values(sections).flatMap(section => section.figures)),
    `machine: ${machine.cores} cores of ${machine.model}, ${gibibytes} GiB; rows asked for: ${options.rows}`,
  ].join('\n')
}

function figureCells({ what, value, unit, rounds }: Figure): string[] {
  const { median, min, max } = value
  return [what, number(median), `${number(min)} – ${number(max)}`, unit, String(rounds)]
}

/** Each basis once, with the section that rests on it. */
function basisLines(figures: readonly Figure[]): string[] {
  const lines = figures.map(({ section, basis }) => {
    const parts = Object.entries(basis).map(([name, value]) => `${name} ${value}`)
    return `${section}: ${parts.join(', ')}`
  })
  return [...new Set(lines)]
}

/** Three digits that count; whole numbers from a hundred on. */
function number(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}
