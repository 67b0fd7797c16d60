import { canonicalJson, contentDigest } from '../domain/canonical.ts'
import type { Case } from '../domain/case/case.ts'
import type { Regime } from '../domain/regime.ts'
import type { Filer } from '../domain/report/input.ts'
import {
  MANIFEST_NAME,
  manifestOf,
  type PackageFile,
  type ReportPackage,
} from '../domain/report/manifest.ts'
import {
  numberReport,
  type ReportNumber,
  reportContent,
  reportIdOf,
  type TrainingRunReport,
} from '../domain/report/report.ts'
import { toSqlTime } from '../domain/window.ts'
import type { ReportRenderer } from '../ports/report-renderer.ts'
import type { Store } from '../ports/store.ts'
import { gatherReport } from './report/gather.ts'

/**
 * Builds report packages from cases. A package is a function of the case and of the evidence in
 * its period: building it again gives the same bytes, and other evidence gives a new version.
 */

export interface ReportDependencies {
  readonly store: Store
  readonly regime: Regime
  readonly filer: Filer
  readonly catalogueVersion: string
  readonly renderers: readonly ReportRenderer[]
}

export interface BuiltReport {
  readonly built: ReportPackage
  /** Whether this content was not stored before. */
  readonly fresh: boolean
}

export interface Report {
  /** Builds one package per case, in the order given. */
  build(cases: readonly Case[]): Promise<BuiltReport[]>
  /** A stored version as it was built, also when the store has moved on; null when unknown. */
  reprint(reportId: string): Promise<ReportPackage | null>
}

const encoder = new TextEncoder()
const VERSIONS_MAX = 10_000

export function createReport(dependencies: ReportDependencies): Report {
  return {
    async build(cases) {
      const built: BuiltReport[] = []
      for (const found of cases) built.push(await buildOne(dependencies, found))
      return built
    },
    async reprint(reportId) {
      const { store, renderers } = dependencies
      const [stored] = await store.query('report-content', { report_id: reportId })
      if (!stored) return null
      const { report_json: report, manifest } = stored
      const files = await draw(report, renderers)
      return { report, files: [...files, jsonFile(MANIFEST_NAME, manifest)], manifest }
    },
  }
}

async function draw(
  report: TrainingRunReport,
  renderers: readonly ReportRenderer[],
): Promise<PackageFile[]> {
  const files: PackageFile[] = [jsonFile('report.json', report)]
  for (const { format, media_type, render } of renderers) {
    files.push({ name: `report.${format}`, media_type, bytes: await render(report) })
  }
  return files
}

async function buildOne(dependencies: ReportDependencies, found: Case): Promise<BuiltReport> {
  const { store, renderers } = dependencies
  const input = await gatherReport(dependencies, found)
  const content = reportContent(input)
  const content_hash = contentDigest(content)
  const { number, fresh } = await numberOf(store, found.case_id, content_hash)
  const report = numberReport(content, number)
  const files = await draw(report, renderers)
  const manifest = manifestOf(report, input, files)
  const all = [...files, jsonFile(MANIFEST_NAME, manifest)]
  if (fresh) {
    await store.append('reports', [
      {
        report_id: report.report_id,
        case_id: found.case_id,
        version: report.version,
        case_seq: found.seq,
        group_id: found.group_id,
        built_at: toSqlTime(found.updated_at),
        content_hash,
        report_json: canonicalJson(report),
        manifest: canonicalJson(manifest),
      },
    ])
  }
  return { built: { report, files: all, manifest }, fresh }
}

/** The version that has this content, else the next one. */
async function numberOf(
  store: Store,
  caseId: string,
  contentHash: string,
): Promise<{ number: ReportNumber; fresh: boolean }> {
  const known = await store.query('report-versions', { case_id: caseId, limit: VERSIONS_MAX })
  const same = known.find(row => row.content_hash === contentHash)
  if (same) return { number: same, fresh: false }
  const version = (known[0]?.version ?? 0) + 1
  return { number: { version, report_id: reportIdOf(caseId, version, contentHash) }, fresh: true }
}

function jsonFile(name: string, value: unknown): PackageFile {
  const bytes = encoder.encode(`${canonicalJson(value)}\n`)
  return { name, media_type: 'application/json', bytes }
}
