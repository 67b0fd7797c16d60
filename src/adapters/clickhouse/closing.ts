import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../domain/fault.ts'
import type { Store } from '../../ports/store.ts'
import type { Connections } from './connect.ts'

const KILL_EVERY_MS = 100

/**
 * The store, to be closed while statements run: begins no more of them, and ends those under way
 * where closing would wait for them. The embedded engine would hold the whole process meanwhile, and
 * a process that exits while it works crashes. Whoever closes early may do its work again.
 */
export function closable(
  store: Store,
  { kill, close }: Pick<Connections, 'kill' | 'close'>,
): Store {
  const running = new Set<Promise<unknown>>()
  let isClosing = false
  const run = <T>(call: () => Promise<T>): Promise<T> => {
    if (isClosing) return Promise.reject(new Fault('STORE_UNAVAILABLE', 'the store was closed'))
    const statement = call().finally(() => running.delete(statement))
    running.add(statement)
    return statement
  }
  return {
    append: (table, rows) => run(() => store.append(table, rows)),
    appendLines: (table, columns, lines) => run(() => store.appendLines(table, columns, lines)),
    query: (name, params) => run(() => store.query(name, params)),
    execute: (name, params) => run(() => store.execute(name, params)),
    queryDetector: (id, params) => run(() => store.queryDetector(id, params)),
    async stage() {
      const stage = await store.stage()
      return {
        executeLines: (name, params, pieces) => run(() => stage.executeLines(name, params, pieces)),
        appendLines: (table, columns, lines) => run(() => stage.appendLines(table, columns, lines)),
        query: (name, params) => run(() => stage.query(name, params)),
        execute: (name, params) => run(() => stage.execute(name, params)),
        release: () => stage.release(),
      }
    },
    async close() {
      isClosing = true
      // Again and again: a statement may begin to listen late, or have been on its way to the engine.
      while (kill && running.size > 0) {
        await kill()
        await Promise.race([Promise.allSettled(running), delay(KILL_EVERY_MS)])
      }
      await close()
    },
  }
}
