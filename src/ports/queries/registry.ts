import type { z } from 'zod'
import { auditQueries } from './audit.ts'
import { calibrateQueries } from './calibrate.ts'
import { caseQueries } from './cases.ts'
import { deriveQueries } from './derive.ts'
import { detectQueries } from './detect.ts'
import { evaluateQueries } from './evaluate.ts'
import { evidenceQueries } from './evidence.ts'
import { featureQueries } from './feature.ts'
import { identityQueries } from './identity.ts'
import { ingestQueries } from './ingest.ts'
import { meterQueries } from './meter.ts'
import { outboxQueries } from './outbox.ts'
import { overviewQueries } from './overview.ts'
import { readQueries } from './read.ts'
import { referenceQueries } from './reference.ts'
import { reportQueries } from './reports.ts'
import { workloadQueries } from './workload.ts'

/**
 * Every named query with the types of its parameters and rows. The contract suite runs each one
 * and fails when a `.sql` file has no entry here, or an entry no file.
 */
export const queryRegistry = {
  ...auditQueries,
  ...calibrateQueries,
  ...caseQueries,
  ...deriveQueries,
  ...detectQueries,
  ...evaluateQueries,
  ...evidenceQueries,
  ...featureQueries,
  ...identityQueries,
  ...ingestQueries,
  ...meterQueries,
  ...outboxQueries,
  ...overviewQueries,
  ...readQueries,
  ...referenceQueries,
  ...reportQueries,
  ...workloadQueries,
} as const satisfies Record<string, QueryTypes>

export interface QueryTypes {
  readonly params: z.ZodObject
  /** null for statements that return nothing. */
  readonly row: z.ZodType | null
  /**
   * Its answer may have a row for every device: it crosses the seam column by column, which takes
   * half the time and text, in no order, and its `row` is a plain object.
   */
  readonly isWide?: true
}

type Registry = typeof queryRegistry
export type QueryName = keyof Registry
export type QueryParams<N extends QueryName> = z.input<Registry[N]['params']>
export type QueryRow<N extends QueryName> = Registry[N]['row'] extends z.ZodType
  ? z.output<Registry[N]['row']>
  : never
