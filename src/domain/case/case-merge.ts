import { compareUtf16 } from '../canonical.ts'
import { type Case, isOpen } from './case.ts'
import type { CaseFact } from './case-event.ts'
import type { PlannedFact } from './triage-plan.ts'

/**
 * Cases follow their control groups: when groups join, the case opened first takes the others in,
 * so that there is one open case per group and no history is lost.
 */

export interface CaseMoves {
  readonly facts: readonly PlannedFact[]
  /** The group that each case belongs to now: that of its smallest tenant still known. */
  readonly groups: ReadonlyMap<string, string>
}

/** `groupOf` gives the present group of a tenant, null when it has none any more. */
export function followGroups(
  cases: readonly Case[],
  groupOf: (tenant: string) => string | null,
): CaseMoves {
  const groups = new Map(cases.map(found => [found.case_id, presentGroup(found, groupOf)]))
  const open = cases.filter(({ state }) => isOpen(state)).toSorted(byOpening)
  const survivors = new Map<string, Case>()
  const facts: PlannedFact[] = []
  for (const found of open) {
    const group_id = groups.get(found.case_id) ?? found.group_id
    const survivor = survivors.get(group_id)
    const place = (target: Case, fact: CaseFact) =>
      facts.push({ case_id: target.case_id, group_id, fact })
    if (survivor) {
      const { case_id, tenants, findings } = found
      const body = { case_id, tenants: [...tenants], findings: [...findings] }
      place(survivor, { kind: 'absorbed', body })
      place(found, { kind: 'merged', body: { into: survivor.case_id } })
      continue
    }
    survivors.set(group_id, found)
    if (group_id !== found.group_id) {
      const body = { from: found.group_id, to: group_id, tenants: [...found.tenants] }
      place(found, { kind: 'group_changed', body })
    }
  }
  return { facts, groups }
}

function presentGroup(found: Case, groupOf: (tenant: string) => string | null): string {
  for (const tenant of found.tenants) {
    const group = groupOf(tenant)
    if (group !== null) return group
  }
  return found.group_id
}

function byOpening(a: Case, b: Case): number {
  return a.opened_at - b.opened_at || compareUtf16(a.case_id, b.case_id)
}
