import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tabLine } from '../../../src/domain/tab-line.ts'
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
