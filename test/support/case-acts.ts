import { createBuildNumbers } from '../../src/domain/build.ts'
import type { Case } from '../../src/domain/case/case.ts'
import type { Store } from '../../src/ports/store.ts'
import { createAttribute } from '../../src/stages/attribute.ts'
import {
  actOnCase,
  type CaseActionOutcome,
  type CaseActionRequest,
} from '../../src/stages/case-action.ts'
import { readCases } from '../../src/stages/cases/ledger.ts'
import { createGroup } from '../../src/stages/group.ts'
import { createTriage } from '../../src/stages/triage.ts'
import { addFindings, addShell, at, TRIAGE } from './case-world.ts'
import { POLICY } from './identity.ts'
import { fakeClock } from './store.ts'

/** People who act on cases of a small world, on 5 March 2026 unless they say otherwise. */

export const clock = fakeClock(at('2026-03-05T09:00:00Z'))
export const policy = { ...TRIAGE, follow_up: { id: 'DL-4', days: 15 } }

export async function tick(store: Store, time: string) {
  const build = createBuildNumbers(() => clock.now())
  await createGroup({ store, build, ownership: POLICY.ownership }).regroup(at(time))
  await createAttribute({ store, policy: POLICY }).determine(at(time))
  return createTriage({ store, policy: TRIAGE }).triage(at(time))
}

export function caseActs(store: () => Store) {
  const present = async (tenant: string): Promise<Case> => {
    const found = (await readCases(store())).find(one => one.tenants.includes(tenant))
    if (!found) throw new Error(`there is a case about ${tenant}`)
    return found
  }
  return {
    present,
    /** A case about one account that a Singapore parent owns, opened on 2 March. */
    async caseAbout(tenant: string): Promise<Case> {
      await addShell(store(), tenant)
      await addFindings(store(), { finding_id: `fnd-${tenant}`, tenants: [tenant] })
      await tick(store(), '2026-03-02')
      return present(tenant)
    },
    act(
      { case_id }: Case,
      action: string,
      by: string,
      more: Partial<CaseActionRequest> = {},
    ): Promise<CaseActionOutcome> {
      return actOnCase({ store: store(), clock, policy }, { case_id, action, by, ...more })
    },
    async listRow({ case_id, group_id }: Case) {
      const window = { from: 0, until: Date.UTC(2100, 0, 1) }
      const which = { open_only: false, groups: [group_id], tenants: [], after: '', limit: 100 }
      const rows = await store().query('read-cases', { ...window, ...which })
      return rows.find(row => row.case_id === case_id)
    },
  }
}

export async function taken(outcome: Promise<CaseActionOutcome>): Promise<Case> {
  const found = await outcome
  if (!found.taken) throw new Error(found.why)
  return found.current
}

export async function why(outcome: Promise<CaseActionOutcome>): Promise<string> {
  const found = await outcome
  return found.taken ? '' : `${found.cause}: ${found.why}`
}
