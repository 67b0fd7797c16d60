/** Runs one thing at a time, in the order asked; a failure does not stop the next. */
export type Lock = <T>(run: () => Promise<T>) => Promise<T>

export function createLock(): Lock {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const turn = last.then(run, run)
    last = turn.catch(() => undefined)
    return turn
  }
}
