import type { Store } from '../../ports/store.ts'

/** Wall time of some work, and its processor time by the clock given, seconds. */
export async function timeOf(
  work: () => Promise<unknown>,
  cpu_s: () => number,
): Promise<{ readonly wall_s: number; readonly cpu_s: number }> {
  const began = performance.now()
  const before = cpu_s()
  await work()
  return { wall_s: (performance.now() - began) / 1000, cpu_s: cpu_s() - before }
}

/** The store, with a count of the statements that went to it. */
export function countStatements(store: Store): {
  readonly store: Store
  readonly count: () => number
} {
  let statements = 0
  const counting = <K extends keyof Store>(name: K): Store[K] =>
    ((...args: never[]) => {
      statements += 1
      return (store[name] as (...args: never[]) => unknown)(...args)
    }) as Store[K]
  return {
    store: {
      ...store,
      append: counting('append'),
      query: counting('query'),
      execute: counting('execute'),
    },
    count: () => statements,
  }
}
