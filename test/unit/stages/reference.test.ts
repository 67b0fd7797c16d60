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
    (await store.query('reference-present', { version }))[0]?.chips

  expect(await publishReference(store, 'ref-a', shipped.rows)).toEqual({ published: true })
  expect(await publishReference(store, 'ref-a', shipped.rows)).toEqual({ published: false })
  // 44 chips of the catalogue and the unknown one
  expect(await count('ref-a')).toBe(45)
  expect(await count('ref-b')).toBe(0)
  expect(await publishReference(store, 'ref-b', shipped.rows)).toEqual({ published: true })
  expect(await count('ref-a')).toBe(45)
})
