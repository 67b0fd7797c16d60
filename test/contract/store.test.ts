import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestStore, type TestStore } from '../support/store.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

test('a row appended twice is stored once', async () => {
  const mark = {
    hour: '2026-01-01 05:00:00',
    batch_id: 'b1',
    state: 1,
    at: '2026-01-01 05:10:00.000',
  }
  await opened.store.append('hour_marks', [mark])
  await opened.store.append('hour_marks', [mark])
  const rows = await opened.store.query('hour-marks-dirty', {
    until: Date.UTC(2026, 0, 2),
    limit: 10,
  })
  expect(rows).toEqual([{ hour: Date.UTC(2026, 0, 1, 5), batches: ['b1'], open: 0 }])
})
