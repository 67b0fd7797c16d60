import { createHtmlRenderer } from '../adapters/render/html.ts'
import { createPdfRenderer } from '../adapters/render/pdf.ts'
import { createFileSink } from '../adapters/sink/file-sink.ts'
import type { App } from '../app.ts'
import { type Case, isOpen } from '../domain/case/case.ts'
import { Fault } from '../domain/fault.ts'
import { MANIFEST_NAME, type ReportPackage } from '../domain/report/manifest.ts'
import type { Delivery } from '../ports/report-sink.ts'
import { readCases } from '../stages/cases/ledger.ts'
import { createReport, type Report } from '../stages/report.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { openForCommand } from './open.ts'

/** `flopwatch report [ID]`: writes report packages of open cases, of one case or of one report. */

export interface ReportOptions extends GlobalOptions {
  /** Case, report or group id; all open cases when left out. */
  readonly id?: string
  /** Only this format, beside the manifest. */
  readonly format?: string
  readonly out?: string
}

export const REPORT_FOLDER = 'reports'
const FORMATS = ['json', 'html', 'pdf'] as const

export interface WrittenReport extends Delivery {
  readonly built: ReportPackage
}

export async function reportCommand(
  context: CommandContext,
  options: ReportOptions,
): Promise<void> {
  const { format } = options
  if (format !== undefined && !FORMATS.some(known => known === format)) {
    throw new Fault('USAGE', `--format ${format} is none of ${FORMATS.join(', ')}`)
  }
  const app = await openForCommand(context, options)
  try {
    const written = await writeReports(app, options)
    if (options.json) printLine(context, JSON.stringify(written.map(summary), null, 2))
    else printLine(context, reportTable(app, written))
  } finally {
    await app.close()
  }
}

/** The report stage with both renderings, over an open app. */
export function reportStage({ store, regime, settings, reference }: App): Report {
  return createReport({
    store,
    regime,
    filer: settings.filer,
    catalogueVersion: reference.version,
    renderers: [createHtmlRenderer(), createPdfRenderer()],
  })
}

export async function writeReports(
  app: App,
  { id, format, out }: Pick<ReportOptions, 'id' | 'format' | 'out'>,
): Promise<WrittenReport[]> {
  const sink = createFileSink(out ?? REPORT_FOLDER)
  const written: WrittenReport[] = []
  for (const built of await packages(app, id)) {
    const wanted = (name: string) =>
      format === undefined || name === MANIFEST_NAME || name === `report.${format}`
    const files = built.files.filter(file => wanted(file.name))
    written.push({ built, ...(await sink.deliver({ ...built, files })) })
  }
  return written
}

async function packages(app: App, id: string | undefined): Promise<ReportPackage[]> {
  const stage = reportStage(app)
  if (id?.startsWith('rep-')) {
    const stored = await stage.reprint(id)
    if (stored) return [stored]
    throw new Fault('NOT_FOUND', `there is no report ${id}`)
  }
  const built = await stage.build(chosen(await readCases(app.store), id))
  return built.map(found => found.built)
}

function chosen(cases: readonly Case[], id: string | undefined): readonly Case[] {
  if (id === undefined) return cases.filter(found => isOpen(found.state))
  const found = cases.filter(({ case_id, group_id }) => case_id === id || group_id === id)
  if (found.length > 0) return found
  throw new Fault('NOT_FOUND', `there is no case, report or group ${id}`)
}

function summary({ built, place, written }: WrittenReport) {
  const { report, manifest } = built
  return {
    report_id: report.report_id,
    version: report.version,
    case_id: report.case.case_id,
    place,
    written,
    files: manifest.files,
  }
}

/** What was written, and under which law it would be filed. */
export function reportTable(app: App, written: readonly WrittenReport[]): string {
  if (written.length === 0) return 'No case is open, so there is nothing to report.'
  const rows = written.map(({ built: { report }, place }) => {
    const largest = report.thresholds.find(({ metric }) => metric === 'training_operations')
    const { measured } = largest ?? {}
    return [
      report.report_id,
      report.case.tenants.join(', '),
      report.case.determination,
      measured ? `${measured.mid} (${measured.lo} to ${measured.hi})` : 'not measured',
      report.clocks.from_transaction?.due_date ?? '',
      place,
    ]
  })
  const columns = ['Report', 'Accounts', 'Who', 'Operations', 'Due', 'Package']
  return [
    formatTable(
      columns.map(name => ({ name })),
      rows,
    ),
    app.regime.banner,
  ].join('\n')
}
