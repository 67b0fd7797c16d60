import { setInterval } from 'node:timers/promises'
import { commitDifferences } from './verify.ts'
import type { World } from './world.ts'

/** Looks at the commits all the while, faults or not; a broker or store that is away is asked later. */
export interface CommitWatch {
  /** What was found; throws it. */
  stop(): Promise<number>
}

const LOOK_MS = 1000

export function watchCommits(world: World): CommitWatch {
  const stopping = new AbortController()
  const { signal } = stopping
  const found: string[] = []
  let looks = 0
  const watch = async (): Promise<void> => {
    for await (const _ of setInterval(LOOK_MS, undefined, { signal })) {
      const differences = await commitDifferences(world).catch(() => null)
      if (differences === null) continue
      looks += 1
      found.push(...differences)
    }
  }
  const watching = watch().catch(fault => {
    if (!signal.aborted) throw fault
  })
  return {
    async stop() {
      stopping.abort()
      await watching
      if (found.length > 0) throw new Error(found.join('\n'))
      return looks
    },
  }
}
