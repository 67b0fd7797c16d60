import type { Gang, GangLink } from './gang.ts'

/**
 * Gangs that links hold together, each part in the order given; links to gangs outside the list
 * are passed over. The answer does not depend on the order of links.
 */
export function components(gangs: readonly Gang[], holds: (link: GangLink) => boolean): Gang[][] {
  const known = new Set(gangs.map(gang => gang.gang_id))
  const parents = new Map<string, string>()
  const root = (id: string): string => {
    let at = id
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up
    if (at !== id) parents.set(id, at)
    return at
  }
  for (const gang of gangs) {
    for (const link of gang.links) {
      if (!holds(link) || !known.has(link.gang_id)) continue
      const [a, b] = [root(gang.gang_id), root(link.gang_id)]
      if (a !== b) parents.set(a, b)
    }
  }
  return [...Map.groupBy(gangs, gang => root(gang.gang_id)).values()]
}
