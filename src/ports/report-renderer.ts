import type { TrainingRunReport } from '../domain/report/report.ts'

/** Draws a report for people. The same report gives the same bytes, on every machine. */
export interface ReportRenderer {
  /** `html` or `pdf`, the ending of the file. */
  readonly format: string
  readonly media_type: string
  render(report: TrainingRunReport): Promise<Uint8Array>
}
