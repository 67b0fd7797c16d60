import type { Clock } from '../ports/clock.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Stage } from '../ports/stage.ts'
import type { Store } from '../ports/store.ts'

/** The same store, with the duration of every call counted by the name of the statement. */
export function measuredStore(store: Store, metrics: Metrics, clock: Clock): Store {
  const measure = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    const begun = clock.now()
    let failed = true
    try {
      const result = await call()
      failed = false
      return result
    } finally {
      metrics.stored(name, Math.max(0, clock.now() - begun) / 1000, failed)
    }
  }
  return {
    append: (table, rows) => measure(`append ${table}`, () => store.append(table, rows)),
    appendLines: (table, columns, lines) =>
      measure(`append ${table}`, () => store.appendLines(table, columns, lines)),
    query: (name, params) => measure(name, () => store.query(name, params)),
    execute: (name, params) => measure(name, () => store.execute(name, params)),
    queryDetector: (id, params) =>
      measure(`detectors/${id}`, () => store.queryDetector(id, params)),
    stage: async () => measuredStage(await store.stage(), measure),
    close: () => store.close(),
  }
}

type Measure = <T>(name: string, call: () => Promise<T>) => Promise<T>

function measuredStage(stage: Stage, measure: Measure): Stage {
  return {
    executeLines: (name, params, pieces) =>
      measure(name, () => stage.executeLines(name, params, pieces)),
    appendLines: (table, columns, lines) =>
      measure(`append ${table}`, () => stage.appendLines(table, columns, lines)),
    query: (name, params) => measure(name, () => stage.query(name, params)),
    execute: (name, params) => measure(name, () => stage.execute(name, params)),
    release: () => stage.release(),
  }
}
