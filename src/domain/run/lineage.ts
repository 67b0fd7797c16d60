/**
 * Lineages: runs that are stages or doubtful parts of one model's making, linked over days, across
 * sizes and places. Rules of law count them together.
 */

/** A run and the one that it may have come from; '' where nothing suggests one. */
export interface RunHead {
  readonly run_id: string
  readonly previous_run: string
  readonly previous_p: number
}

export interface LineageMember {
  readonly run_id: string
  /** The run that the chain of links leads back to. */
  readonly lineage_id: string
  /** The weakest link on the way there; 1 for that run itself. */
  readonly p: number
}

/**
 * Members of lineages of at least two runs; a run alone is its own. Links lead back in time, so
 * they form no cycle; one to a run that is not in the list begins a lineage.
 */
export function lineages(heads: readonly RunHead[]): LineageMember[] {
  const known = new Map(heads.map(head => [head.run_id, head]))
  const members = heads.map(head => {
    let [at, p] = [head, 1]
    for (let up = known.get(at.previous_run); up !== undefined; up = known.get(up.previous_run)) {
      p = Math.min(p, at.previous_p)
      at = up
    }
    return { run_id: head.run_id, lineage_id: at.run_id, p }
  })
  const sizes = Map.groupBy(members, member => member.lineage_id)
  return members.filter(member => (sizes.get(member.lineage_id)?.length ?? 0) > 1)
}
