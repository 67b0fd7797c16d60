import { z } from 'zod'

/** The list of published runs: quoted CSV with a heading, one run a line. */

export interface PublishedRun {
  readonly model: string
  readonly chip: string
  readonly chip_hours: number
  readonly operations: number
  /** Whether hours and operations are independent of each other. */
  readonly usable: boolean
}

const columns = z.object({
  model: z.string(),
  chip: z.string(),
  chip_hours: z.coerce.number(),
  published_flops: z.coerce.number(),
  usable_for_estimator_check: z.string(),
})

/** Runs with hours and operations; others say nothing about an estimate. */
export function readPublishedRuns(text: string): PublishedRun[] {
  const [heading = '', ...lines] = text.split(/\r?\n/).filter(line => line !== '')
  const names = splitLine(heading)
  return lines.flatMap(line => {
    const cells = splitLine(line)
    const row = columns.parse(Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])))
    if (!(row.chip_hours > 0 && row.published_flops > 0)) return []
    return [
      {
        model: row.model,
        chip: row.chip,
        chip_hours: row.chip_hours,
        operations: row.published_flops,
        usable: row.usable_for_estimator_check === 'yes',
      },
    ]
  })
}

/** Cells of a line; quotes hold commas together and are doubled inside. */
function splitLine(line: string): string[] {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
