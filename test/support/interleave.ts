import type { Stage } from '../../src/ports/stage.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Random } from '../../src/simulate/random.ts'

/**
 * Lets several workers go on over one store in an order that a seed decides: each call of the store
 * waits for its turn, one call runs at a time, and what comes next is drawn among the workers that
 * wait. The same seed gives the same order.
 */
export interface Interleaving {
  /** The store as one worker sees it. */
  storeOf(worker: number, store: Store): Store
  /** Runs the workers to their ends; answers with what became of each. */
  run<T>(workers: readonly (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]>
  /** The workers in the order in which their calls ran. */
  readonly order: readonly number[]
}

interface Waiting {
  readonly worker: number
  readonly go: () => Promise<void>
}

/**
 * Workers go on in bursts of up to `burst` calls: one that is overtaken by a whole piece of another's
 * work is where the faults are. 1 draws anew for every call.
 */
export function interleave(random: Random, burst: number): Interleaving {
  const waiting: Waiting[] = []
  const order: number[] = []
  let current = { worker: -1, left: 0 }
  const draw = (): Waiting | undefined => {
    const same = waiting.findIndex(({ worker }) => worker === current.worker)
    const goesOn = same >= 0 && current.left > 0
    const place = goesOn ? same : random.integer(0, Math.max(waiting.length - 1, 0))
    const [next] = waiting.splice(place, 1)
    if (!next) return undefined
    const left = goesOn ? current.left - 1 : random.integer(0, burst - 1)
    current = { worker: next.worker, left }
    return next
  }
  const inTurn = <T>(worker: number, call: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.push({ worker, go: () => call().then(resolve, reject) })
    })
  const stageOf = (worker: number, stage: Stage): Stage => ({
    executeLines: (name, params, pieces) =>
      inTurn(worker, () => stage.executeLines(name, params, pieces)),
    appendLines: (table, columns, lines) =>
      inTurn(worker, () => stage.appendLines(table, columns, lines)),
    query: (name, params) => inTurn(worker, () => stage.query(name, params)),
    execute: (name, params) => inTurn(worker, () => stage.execute(name, params)),
    release: () => stage.release(),
  })
  return {
    order,
    storeOf: (worker, store) => ({
      append: (table, rows) => inTurn(worker, () => store.append(table, rows)),
      appendLines: (table, columns, lines) =>
        inTurn(worker, () => store.appendLines(table, columns, lines)),
      query: (name, params) => inTurn(worker, () => store.query(name, params)),
      execute: (name, params) => inTurn(worker, () => store.execute(name, params)),
      queryDetector: (id, params) => inTurn(worker, () => store.queryDetector(id, params)),
      stage: async () => stageOf(worker, await store.stage()),
      close: () => store.close(),
    }),
    async run(workers) {
      let running = workers.length
      const ends = workers.map(work =>
        work().finally(() => {
          running -= 1
        }),
      )
      while (running > 0) {
        // What the last call led to happens before the next is drawn.
        await new Promise(resolve => setImmediate(resolve))
        const next = draw()
        if (!next) continue
        order.push(next.worker)
        await next.go()
      }
      return Promise.allSettled(ends)
    },
  }
}
