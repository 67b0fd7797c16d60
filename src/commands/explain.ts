import { type EvidenceParts, evidenceTree, type RunEvidence } from '../domain/evidence-tree.ts'
import { Fault } from '../domain/fault.ts'
import type { Classify, WorkloadClass } from '../domain/workload-class.ts'
import type { Store } from '../ports/store.ts'
import { drawTree } from '../terminal/tree.ts'

/** `flopwatch explain FINDING`: the finding's evidence tree, or its parts as JSON. */

/** Lists longer than this end with a line that says how much is left out. */
const RUNS_MAX = 50
const BATCHES_MAX = 200
/** Each is a look at the samples of its run. */
const CLASSES_MAX = 5

export async function explainCommand(
  context: {
    readonly print: (text: string) => void
    readonly store: Store
    readonly classify: Classify
  },
  findingId: string,
  options: { readonly json: boolean },
): Promise<void> {
  const parts = await readEvidence(context.store, findingId, context.classify)
  context.print(options.json ? JSON.stringify(parts, null, 2) : drawTree(evidenceTree(parts)))
}

/** Throws NOT_FOUND for an id that no finding has. */
export async function readEvidence(
  store: Store,
  findingId: string,
  classify: Classify,
): Promise<EvidenceParts> {
  const versions = await store.query('evidence-finding', { finding_id: findingId })
  const finding = versions.at(-1)
  if (!finding) throw new Fault('NOT_FOUND', `there is no finding ${findingId}`)
  const span = { tenants: finding.tenant_ids, start: finding.start, end: finding.end }
  const runs = await store.query('evidence-runs', {
    ...span,
    run_id: finding.subject_kind === 'run' ? finding.subject_id : '',
    limit: RUNS_MAX,
  })
  const gangs = await store.query('evidence-gangs', {
    tenants: finding.tenant_ids,
    gang_ids: runs.flatMap(run => run.gang_ids),
  })
  return {
    versions: [...versions.slice(0, -1), finding],
    runs,
    classes: await classesOf(runs.slice(0, CLASSES_MAX), classify),
    gangs,
    hours: await store.query('evidence-hours', span),
    commitments: await store.query('evidence-commitments', span),
    samples: await store.query('evidence-samples', { ...span, limit: BATCHES_MAX }),
  }
}

async function classesOf(
  runs: readonly RunEvidence[],
  classify: Classify,
): Promise<Record<string, WorkloadClass>> {
  const classes: Record<string, WorkloadClass> = {}
  for (const run of runs) {
    classes[run.run_id] = await classify({ ...run, stretches: run.gang_ids.length })
  }
  return classes
}
