/**
 * The ground truth beside a stream: what every fleet really executed, who really stands behind it
 * and what the product is expected to conclude.
 */
import type { Window } from '../domain/window.ts'
import {
  decimalText,
  describeWindow,
  type RunLedger,
  type RunTruth,
  type TruthWindow,
} from './ledger.ts'
import type { Actor } from './scene.ts'

export interface Truth {
  readonly scenario: string
  readonly seed: number
  readonly window: TruthWindow
  readonly threshold_operations: string
  readonly actors: readonly ActorTruth[]
  readonly runs: readonly RunTruth[]
}

export interface ActorTruth {
  readonly name: string
  readonly tenants: readonly TenantTruth[]
  readonly foreign_person: 'foreign' | 'domestic' | 'unknown'
  readonly operations: string
  readonly operations_reported: string
  /** true: there must be a case; false: there must be none; null: either can be right. */
  readonly case_expected: boolean | null
  readonly why: string
}

export interface TenantTruth {
  readonly tenant_id: string
  readonly operations: string
  readonly operations_reported: string
}

/** The line that the scenarios are drawn around; strictly more than this is beyond it. */
export const THRESHOLD_OPERATIONS = 1e26

/** What came of a simulation, once every fleet has been booked to its end. */
export function tellTruth(
  of: { readonly scenario: string; readonly seed: number; readonly window: Window },
  actors: readonly Actor[],
  ledgers: readonly RunLedger[],
): Truth {
  const runs = ledgers.map(ledger => ledger.entry())
  return {
    scenario: of.scenario,
    seed: of.seed,
    window: describeWindow(of.window),
    threshold_operations: decimalText(THRESHOLD_OPERATIONS),
    actors: actors.map(actor => judge(actor, runs)),
    runs,
  }
}

function judge(actor: Actor, runs: readonly RunTruth[]): ActorTruth {
  const own = runs.filter(run => run.tenant_id !== null && actor.tenants.includes(run.tenant_id))
  const total = sumOf(own)
  return {
    name: actor.name,
    tenants: actor.tenants.map(tenant_id => ({
      tenant_id,
      ...texts(sumOf(own.filter(run => run.tenant_id === tenant_id))),
    })),
    foreign_person: actor.foreign_person,
    ...texts(total),
    case_expected: caseExpected(actor, Number(total.operations)),
    why: actor.why,
  }
}

/** A shortened window may stop a run before it reaches the line; then nothing is expected of it. */
function caseExpected(actor: Actor, operations: number): boolean | null {
  switch (actor.expectation) {
    case 'threshold':
      return operations > THRESHOLD_OPERATIONS ? true : null
    case 'capacity':
      return true
    case 'none':
      return false
    case 'open':
      return null
  }
}

interface Totals {
  readonly operations: bigint
  readonly operations_reported: bigint
}

function sumOf(runs: readonly RunTruth[]): Totals {
  return {
    operations: runs.reduce((sum, run) => sum + BigInt(run.operations), 0n),
    operations_reported: runs.reduce((sum, run) => sum + BigInt(run.operations_reported), 0n),
  }
}

function texts(totals: Totals): { operations: string; operations_reported: string } {
  return {
    operations: totals.operations.toString(),
    operations_reported: totals.operations_reported.toString(),
  }
}
