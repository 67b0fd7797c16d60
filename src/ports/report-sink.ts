import type { ReportPackage } from '../domain/report/manifest.ts'

export interface Delivery {
  /** Where the package is now, for the person who asked. */
  readonly place: string
  /** False when the same content was there already. */
  readonly written: boolean
}

/** Where report packages go. Delivering the same content again changes nothing. */
export interface ReportSink {
  deliver(found: ReportPackage): Promise<Delivery>
}
