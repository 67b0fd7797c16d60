import type { Window } from '../window.ts'

/** What became of a run id when the past was rebuilt; ids are never reused. */
export interface RunChange {
  readonly run_id: string
  readonly change: 'moved' | 'merged' | 'split' | 'gone'
  /** The run that now holds most of its time, '' when none does. */
  readonly successor: string
}

/** What the comparison needs of a run: its id, and its stretches with their gangs. */
export interface RunExtent extends Window {
  readonly run_id: string
  readonly segments: readonly (Window & { readonly gang_id: string })[]
}

/**
 * Compares the runs of a tenant before and after a rebuild. A run lives on where its gangs are;
 * time alone says nothing, since a tenant may have several runs at once. Only a run of which no
 * gang is left is looked for among those at its time that hold new gangs.
 */
export function compareRuns(
  before: readonly RunExtent[],
  after: readonly RunExtent[],
): RunChange[] {
  const stood = new Set(before.map(run => run.run_id))
  const stands = new Set(after.map(run => run.run_id))
  const homes = homesOf(after)
  const knownGangs = new Set(before.flatMap(run => run.segments.map(part => part.gang_id)))
  const moved = after.map(run => ({
    run_id: run.run_id,
    segments: run.segments.filter(part => !knownGangs.has(part.gang_id)),
  }))
  return before.flatMap((old): RunChange[] => {
    const heirs = heirsByGang(old, homes)
    if (stands.has(old.run_id)) {
      return heirs
        .filter(heir => heir !== old.run_id && !stood.has(heir))
        .map(successor => ({ run_id: old.run_id, change: 'split', successor }))
    }
    const successor = heirs[0] ?? heirByTime(old, moved)
    const change = successor === '' ? 'gone' : stood.has(successor) ? 'merged' : 'moved'
    return [{ run_id: old.run_id, change, successor }]
  })
}

function homesOf(runs: readonly RunExtent[]): Map<string, string> {
  return new Map(runs.flatMap(run => run.segments.map(part => [part.gang_id, run.run_id] as const)))
}

/** Runs that hold gangs of `old`, the one with most of their time first. */
function heirsByGang(old: RunExtent, homes: ReadonlyMap<string, string>): string[] {
  const shared = new Map<string, number>()
  for (const part of old.segments) {
    const home = homes.get(part.gang_id)
    if (home !== undefined) shared.set(home, (shared.get(home) ?? 0) + part.end - part.start)
  }
  return ranked(shared)
}

function heirByTime(old: RunExtent, runs: readonly Omit<RunExtent, keyof Window>[]): string {
  const shared = new Map<string, number>()
  for (const run of runs) {
    const common = overlap(old.segments, run.segments)
    if (common > 0) shared.set(run.run_id, common)
  }
  return ranked(shared)[0] ?? ''
}

function ranked(shared: ReadonlyMap<string, number>): string[] {
  return [...shared].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id)
}

/** Milliseconds in common; both lists are in order of time. */
function overlap(a: readonly Window[], b: readonly Window[]): number {
  let shared = 0
  let i = 0
  let j = 0
  for (;;) {
    const x = a[i]
    const y = b[j]
    if (!x || !y) return shared
    shared += Math.max(0, Math.min(x.end, y.end) - Math.max(x.start, y.start))
    if (x.end <= y.end) i++
    else j++
  }
}
