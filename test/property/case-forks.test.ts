import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isOpen } from '../../src/domain/case/case.ts'
import { createRandom } from '../../src/simulate/random.ts'
import { actOnCase, type CaseActionOutcome } from '../../src/stages/case-action.ts'
import { readRecords } from '../../src/stages/cases/ledger.ts'
import { createTriage } from '../../src/stages/triage.ts'
import { caseActs, clock, policy, tick } from '../support/case-acts.ts'
import { addFindings, at, TRIAGE } from '../support/case-world.ts'
import { interleave } from '../support/interleave.ts'
import { openProbeStore, type ProbeStore } from '../support/probe-store.ts'

/**
 * Ticks and people in processes of their own append to one case at the same time. Whatever the
 * order: an action that was confirmed stands, one that was not is told so, no event is gone, and
 * the list shows what stands.
 */

let opened: ProbeStore
beforeAll(async () => {
  opened = await openProbeStore({})
})
afterAll(() => opened.close())

const { caseAbout, listRow } = caseActs(() => opened.store)

/** Who does what; `seen` fixes the version that a person decided on. */
const scene = fc.record({
  seed: fc.nat(),
  ticks: fc.integer({ min: 0, max: 2 }),
  people: fc.array(fc.constantFrom('triage', 'investigate', 'close'), {
    minLength: 1,
    maxLength: 3,
  }),
})

const TABLES = [
  'findings',
  'determinations',
  'identity_records',
  'group_members',
  'case_events',
  'cases',
] as const

test('what was confirmed stands, and nothing is gone', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ seed, ticks, people }) => {
      await opened.clear(...TABLES)
      const tenant = 'acme'
      const found = await caseAbout(tenant)
      await addFindings(opened.store, {
        finding_id: `fnd-${tenant}`,
        version: 2,
        tenants: [tenant],
        state: 'crossed',
      })
      const random = createRandom(seed, 'forks')
      const mix = interleave(random, random.integer(1, 3))
      const machines = Array.from({ length: ticks }, (_, worker) => async () => {
        const store = mix.storeOf(worker, opened.store)
        await createTriage({ store, policy: TRIAGE }).triage(at('2026-03-05') + worker)
        return null
      })
      const acts = people.map((action, index) => () => {
        const store = mix.storeOf(ticks + index, opened.store)
        const request = {
          case_id: found.case_id,
          action,
          by: `person-${index}`,
          reason: 'so it is',
        }
        return actOnCase({ store, clock, policy }, request)
      })
      const ends = await mix.run<CaseActionOutcome | null>([...machines, ...acts])
      expect(ends.filter(end => end.status === 'rejected')).toEqual([])
      await tick(opened.store, '2026-03-06')

      const [record] = await readRecords(opened.store, [found.case_id])
      const standing = new Set(record?.standing.map(({ hash }) => hash))
      for (const end of ends) {
        const outcome = end.status === 'fulfilled' ? end.value : null
        if (outcome?.taken === true) expect(standing).toContain(outcome.event.hash)
        if (outcome?.taken === false) expect(['moved_on', 'refused']).toContain(outcome.cause)
      }
      const { current } = record ?? {}
      expect(await listRow(found)).toMatchObject({ seq: current?.seq, state: current?.state })
      if (current && isOpen(current.state)) {
        expect(current.findings).toMatchObject([{ version: 2, state: 'crossed' }])
      }
    }),
    { numRuns: Number(process.env['FLOPWATCH_RUNS'] ?? 10) },
  )
}, 600_000)
