import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tabLine } from '../../../src/domain/tab-line.ts'
import { toSqlSecond } from '../../../src/domain/window.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

test('null, numbers and text as the format spells them', () => {
  expect(tabLine([null, 1.5, -2e-7, 1e26, 'plain', ''])).toBe('\\N\t1.5\t-2e-7\t1e+26\tplain\t\n')
  expect(tabLine(['a\tb\nc\\d\re\0f'])).toBe('a\\tb\\nc\\\\d\\re\\0f\n')
})

test('arrays as the format spells them', () => {
  expect(tabLine([[], [1, 2.5], ["it's", 'a\tb']])).toBe("[]\t[1,2.5]\t['it\\'s','a\\tb']\n")
})

test('any names in an array come back from the store as they went in', async () => {
  const names = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 20 })
  let hour = Date.UTC(2026, 0, 1)
  await fc.assert(
    fc.asyncProperty(names, async tenants => {
      hour += 3_600_000
      const at = '2026-01-01 00:00:00.000'
      const devices = tenants.map((_, index) => index)
      const line = tabLine([toSqlSecond(hour), 'batch', 1, at, tenants, devices])
      const columns = ['hour', 'batch_id', 'state', 'at', 'tenants', 'devices']
      await opened.store.appendLines('hour_marks', columns, [line])
      const [mark] = await opened.store.query('hour-marks-named', { hours: [hour] })
      expect(mark).toMatchObject({ tenants, devices })
    }),
    { numRuns: 20 },
  )
})

test('any text comes back from the store as it went in', async () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), {
    minLength: 1,
    maxLength: 50,
  })
  await fc.assert(
    fc.asyncProperty(texts, fc.uuid(), async (names, run) => {
      const lines = names.map((name, index) =>
        tabLine([`${run}-${index}`, 'stream', 'reason', name, '2026-01-01 00:00:00.000']),
      )
      const columns = ['quarantine_id', 'stream', 'reason', 'detail', 'received_at']
      await opened.store.appendLines('quarantine', columns, lines)
      for (const [index, name] of names.entries()) {
        const [row] = await opened.store.query('quarantine-get', {
          id: `${run}-${index}`,
        })
        expect(row?.detail).toBe(name)
      }
    }),
    { numRuns: 5 },
  )
})
