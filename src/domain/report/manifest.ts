import { compareUtf16, contentDigest, sha256Hex } from '../canonical.ts'
import { timeText } from './entry.ts'
import type { ReportInput } from './input.ts'
import type { TrainingRunReport } from './report.ts'

/**
 * What a report package rests on, so that anyone with the same store can build the same bytes and
 * anyone with the package can check that they have them.
 */

export interface PackageFile {
  readonly name: string
  readonly media_type: string
  readonly bytes: Uint8Array
}

export interface ReportPackage {
  readonly report: TrainingRunReport
  readonly files: readonly PackageFile[]
  readonly manifest: Manifest
}

export type Manifest = ReturnType<typeof manifestOf>

export const MANIFEST_NAME = 'manifest.json'

export function manifestOf(
  report: TrainingRunReport,
  input: ReportInput,
  files: readonly PackageFile[],
) {
  const rows = (stream: string) =>
    input.sources.rows
      .filter(source => source.stream === stream)
      .reduce((sum, source) => sum + source.rows, 0)
  return {
    schema_version: report.schema_version,
    report_id: report.report_id,
    version: report.version,
    built_at: report.built_at,
    files: files.map(({ name, bytes }) => ({
      name,
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
    })),
    regime: report.regime,
    rules: {
      bundle_hashes: unique(input.findings.map(found => found.bundle_hash)),
      detectors: unique(
        input.findings.map(
          ({ detector_id, detector_version, detector_hash }) =>
            `${detector_id} ${detector_version} ${detector_hash}`,
        ),
      ),
    },
    catalogue_version: input.catalogue_version,
    case: {
      case_id: report.case.case_id,
      events: report.case.events,
      last_hash: report.case.last_hash,
    },
    period: { start: timeText(input.period.start), end: timeText(input.period.end) },
    sources: report.evidence.sources,
    rows: {
      samples: rows('telemetry.accelerator'),
      charges: rows('telemetry.billing'),
      commitments: rows('telemetry.commitment'),
      usage_hours: input.usage.reduce((sum, line) => sum + line.hours, 0),
      runs: input.runs.rows.length,
      findings: input.findings.length,
      accesses: input.accesses.rows.length,
    },
    coverage: report.coverage.telemetry,
    identity: {
      snapshot_hash: contentDigest(report.evidence.determinations),
      statements: unique(
        report.evidence.determinations.flatMap(({ statements }) =>
          statements.map(({ kind, id, valid_from, content_hash }) =>
            [kind, id, valid_from, content_hash].join(' '),
          ),
        ),
      ).length,
    },
    limits: report.limits,
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort(compareUtf16)
}
