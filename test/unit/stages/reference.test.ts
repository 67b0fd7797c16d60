import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishReference } from '../../../src/stages/reference.ts'
import { shipped } from '../../support/reference.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

test('reference rows are written once per version, and other versions stay apart', async () => {
  const { store } = opened
  const count = async (version: string) =>
    (await store.query('reference-present', { version }))[0]?.rates

  expect(await publishReference(store, 'ref-a', shipped.rows)).toEqual({ published: true })
  expect(await publishReference(store, 'ref-a', shipped.rows)).toEqual({ published: false })
  // 44 chips of the catalogue and the unknown one, six tiers of samples, seven formats and none
  expect(await count('ref-a')).toBe(45 * 6 * 8)
  expect(await count('ref-b')).toBe(0)
  expect(await publishReference(store, 'ref-b', shipped.rows)).toEqual({ published: true })
  expect(await count('ref-a')).toBe(45 * 6 * 8)
})

test('a store that an earlier release filled gets what blocks look up', async () => {
  const { store } = opened
  const version = 'ref-early'
  for (const table of ['skus', 'estimate_factors', 'chip_names', 'chips'] as const) {
    await store.append(
      table,
      shipped.rows[table].map(row => ({ version, ...row })),
    )
  }
  expect(await publishReference(store, version, shipped.rows)).toEqual({ published: true })
  expect(await store.query('reference-present', { version })).toEqual([{ rates: 45 * 6 * 8 }])
})
