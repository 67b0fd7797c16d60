import type { Case } from '../case/case.ts'
import type { HourOperations } from '../case/transaction.ts'
import type { Severity } from '../detector.ts'
import type { DeterminationBody } from '../identity/determination.ts'
import type { AccountRecord, PartyRecord } from '../records/identity.ts'
import type { Regime } from '../regime.ts'
import type { Instant, Window } from '../window.ts'

/** What a report is written from, all of it read from the store: no clock, no machine, no chance. */
export interface ReportInput {
  readonly case: Case
  readonly regime: Regime
  readonly filer: Filer
  /** From the first to the last instant that the case's findings speak about. */
  readonly period: Window
  readonly findings: readonly ReportFinding[]
  readonly determinations: readonly ReportDetermination[]
  readonly parties: ReadonlyMap<string, PartyRecord>
  readonly accounts: ReadonlyMap<string, AccountRecord>
  readonly runs: Cut<ReportRun>
  readonly usage: readonly UsageLine[]
  readonly hours: readonly HourOperations[]
  readonly commitments: readonly ReportCommitment[]
  readonly accesses: Cut<ReportAccess>
  readonly sources: Cut<EvidenceSource>
  readonly links: readonly GroupLinks[]
  readonly catalogue_version: string
}

/** A list that may have been cut at a bound, which the report then says. */
export interface Cut<T> {
  readonly rows: readonly T[]
  readonly bound: number
}

/** Who files, as the settings name it; empty text is not known. */
export interface Filer {
  readonly legal_name: string
  readonly address: string
  readonly contact_name: string
  readonly contact_email: string
  readonly contact_phone: string
}

export interface ReportFinding {
  readonly finding_id: string
  readonly version: number
  readonly detector_id: string
  readonly detector_version: number
  readonly detector_hash: string
  readonly bundle_hash: string
  readonly raises: string
  readonly subject_kind: string
  readonly subject_id: string
  readonly tenant_ids: readonly string[]
  readonly start: Instant
  readonly end: Instant
  readonly state: string
  readonly severity: Severity
  /** 0..1 */
  readonly confidence: number
  readonly basis: string
  readonly measured_lo: number
  readonly measured_mid: number
  readonly measured_hi: number
  readonly unit: string
  readonly threshold: number
  readonly parameters: Readonly<
    Record<string, { value: string; unit: string; compare: string; origin: string }>
  >
  readonly evidence: {
    readonly figures: Readonly<Record<string, number>>
    readonly facts: Readonly<Record<string, string>>
  }
  readonly detected_at: Instant
}

export interface ReportDetermination {
  readonly finding_id: string
  readonly use_time: Instant
  readonly known_at: Instant
  readonly identity_hash: string
  readonly body: DeterminationBody
}

export interface ReportRun {
  readonly tenant_id: string
  readonly run_id: string
  readonly start: Instant
  readonly end: Instant
  readonly chips: readonly string[]
  readonly fabrics: readonly string[]
  readonly sites: readonly string[]
  readonly workloads: readonly string[]
  readonly devices_max: number
  readonly device_s: number
  readonly energy_j: number
  readonly flop_lo: number
  readonly flop_mid: number
  readonly flop_hi: number
  readonly tier: string
  /** Start, end, devices, gang, probability of the link to the segment before. */
  readonly segments: readonly (readonly [Instant, Instant, number, string, number])[]
}

/** One tenant on one chip on one tier of evidence, summed over the period. Seconds of devices. */
export interface UsageLine {
  readonly tenant_id: string
  readonly chip: string
  readonly tier: string
  readonly hours: number
  readonly devices_max: number
  readonly observed_s: number
  readonly busy_s: number
  readonly billed_s: number
  readonly dark_s: number
  readonly energy_j: number
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

export interface ReportCommitment {
  readonly commitment_id: string
  readonly tenant_id: string
  readonly accelerator: string
  readonly accelerators: number
  readonly status: string
  readonly start: Instant
  readonly end: Instant
  readonly fabric_gbps: number | null
  readonly site: string
  readonly declared_use: string
  readonly signed_at: Instant | null
  readonly revision: number
  readonly revisions: number
  readonly recorded_at: Instant
}

export interface ReportAccess {
  readonly tenant_id: string
  readonly principal: string
  readonly ip: string
  readonly time: Instant
  readonly action: string
}

export interface EvidenceSource {
  readonly stream: string
  readonly batch_id: string
  readonly rows: number
  /** Sum of the hashes of the rows: differs when any row does. */
  readonly digest: string
  readonly first: Instant
  readonly last: Instant
  readonly source: string
  readonly source_hash: string
  readonly received_at: Instant
}

export interface GroupLinks {
  readonly group_id: string
  readonly tenant_id: string
  /** Typed evidence as the group stage wrote it (`ControlLink`). */
  readonly links: readonly Readonly<Record<string, unknown>>[]
}
