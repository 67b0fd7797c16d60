/**
 * Group commit: one group is at work at a time, and what comes meanwhile is the next, as far as its
 * sizes add up to `size_max`. A group that fails fails for all; where `isOwn` says that the fault may
 * be that of one item, each is tried by itself.
 */
export function createGrouping<T>(
  run: (group: readonly [T, ...T[]]) => Promise<void>,
  {
    sizeOf,
    size_max,
    isOwn,
  }: {
    readonly sizeOf: (item: T) => number
    readonly size_max: number
    readonly isOwn: (fault: unknown) => boolean
  },
): (item: T) => Promise<void> {
  const waiting: Waiting<T>[] = []
  let isRunning = false

  const takeGroup = (first: Waiting<T>): readonly Waiting<T>[] => {
    let size = sizeOf(first.item)
    let count = 1
    for (const { item } of waiting.slice(1)) {
      size += sizeOf(item)
      if (size > size_max) break
      count += 1
    }
    return waiting.splice(0, count)
  }
  const attempt = async ([first, ...others]: readonly Waiting<T>[]): Promise<void> => {
    if (first === undefined) return
    try {
      await run([first.item, ...others.map(({ item }) => item)])
      for (const { resolve } of [first, ...others]) resolve()
    } catch (fault) {
      if (others.length > 0 && isOwn(fault)) {
        for (const one of [first, ...others]) await attempt([one])
        return
      }
      for (const { reject } of [first, ...others]) reject(fault)
    }
  }
  const work = async (): Promise<void> => {
    isRunning = true
    for (let [first] = waiting; first; [first] = waiting) await attempt(takeGroup(first))
    isRunning = false
  }
  return item =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!isRunning) void work()
    })
}

interface Waiting<T> {
  readonly item: T
  resolve(): void
  reject(fault: unknown): void
}
