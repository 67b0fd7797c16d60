import { expect, test } from 'vitest'
import { closable } from '../../src/adapters/clickhouse/closing.ts'
import { createStore } from '../../src/adapters/clickhouse/store.ts'
import { openEngine } from '../support/engines.ts'

/** Statements of this test; the long one would take hours. */
const PROBES = new Map([
  ['long', 'select sum(cityHash64(number)) as n from numbers(1000000000000)'],
  ['short', 'select 1 as n'],
])

test('the embedded store closes while a statement runs: that one ends, and no other begins', async () => {
  const { connections } = await openEngine('embedded')
  const statements = { named: new Map(), detectors: PROBES }
  const store = closable(createStore(connections, statements), connections)
  expect(await store.queryDetector('short', {})).toEqual([{ n: 1 }])
  const ended = expect(store.queryDetector('long', {})).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  })
  await store.close()
  await ended
  await expect(store.queryDetector('short', {})).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the store was closed',
  })
})
