import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStore } from '../../src/adapters/clickhouse/open.ts'
import { createBuildNumbers } from '../../src/domain/build.ts'
import { meterSettings } from '../../src/domain/meter-settings.ts'
import { toSqlTime } from '../../src/domain/window.ts'
import type { Row, Store } from '../../src/ports/store.ts'
import { createMeter } from '../../src/stages/meter.ts'
import type { FrontFault } from '../support/clickhouse-front.ts'
import { type Front, startFront } from '../support/front-process.ts'
import { fakeClock, projectFolder } from '../support/store.ts'

/** Every way in which a network or a server fails, and what the store makes of it. */

let folder: string
let front: Front
let store: Store

const engineAt = (url: string) =>
  ({ kind: 'server', url, database: 'default', user: 'default', password: '' }) as const

const open = (url: string) =>
  openStore(
    {
      engine: engineAt(url),
      cluster: null,
      sqlFolder: join(projectFolder, 'sql'),
      detectorFolder: join(projectFolder, 'detectors'),
    },
    fakeClock(),
  )

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-front-'))
  front = await startFront(join(folder, 'store'))
  // The client reads its timeout from the URL too; a server that hangs must not hang the test.
  store = (await open(`${front.url}/?request_timeout=1000`)).store
})
afterAll(async () => {
  await store.close()
  await front.kill()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => front.fail())

const mark = (batch_id: string): Row => ({
  hour: '2026-01-01 05:00:00',
  batch_id,
  state: 1,
  at: '2026-01-01 05:10:00.000',
})

async function stored(): Promise<string[]> {
  const rows = await store.query('hour-marks-dirty', {
    from: 0,
    until: Date.UTC(2027, 0),
    limit: 100,
  })
  return rows.flatMap(row => row.batches).sort()
}

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryable: true }
const once = (kind: FrontFault['kind'], match: string, code = 0): FrontFault => ({
  kind,
  match,
  code,
  times: 1,
})

describe('an insert', () => {
  /** Whether the rows are there after the failure: an unanswered insert may be either. */
  const CASES = [
    { kind: 'reset', after: 'nothing' },
    { kind: 'hang', after: 'nothing' },
    { kind: 'gateway', after: 'nothing' },
    { kind: 'lost-answer', after: 'all' },
  ] as const

  test.each(CASES)(
    'that meets "$kind" is not acknowledged, $after is stored, and a resend counts once',
    async ({ kind, after }) => {
      const rows = [mark(`${kind}-1`), mark(`${kind}-2`)]
      await front.fail(once(kind, 'insert into hour_marks'))
      await expect(store.append('hour_marks', rows)).rejects.toMatchObject(UNAVAILABLE)
      const mine = (await stored()).filter(batch => batch.startsWith(kind))
      expect(mine).toEqual(after === 'all' ? [`${kind}-1`, `${kind}-2`] : [])
      await store.append('hour_marks', rows)
      expect((await stored()).filter(batch => batch.startsWith(kind))).toEqual([
        `${kind}-1`,
        `${kind}-2`,
      ])
    },
  )

  test('that the engine refuses says so with its code and is not retryable', async () => {
    await front.fail(once('refuse', 'insert into hour_marks', 27))
    const refused = store.append('hour_marks', [mark('refused')])
    await expect(refused).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false })
    await expect(refused).rejects.toThrow('(code 27)')
  })

  test.each([159, 202, 241, 242, 252, 999])(
    'that meets an overload (code %d) is retryable: its rows are sound',
    async code => {
      await front.fail(once('refuse', 'insert into hour_marks', code))
      await expect(store.append('hour_marks', [mark('overload')])).rejects.toMatchObject(
        UNAVAILABLE,
      )
    },
  )

  test('that is refused after a status of 200 is refused', async () => {
    await front.fail(once('refuse-late', 'insert into hour_marks', 27))
    const refused = store.append('hour_marks', [mark('late')])
    await expect(refused).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })
})

describe('a query', () => {
  test.each(['reset', 'hang', 'gateway', 'lost-answer', 'truncate', 'cut'] as const)(
    'that meets "%s" gives no rows at all, never a part of them',
    async kind => {
      await store.append('hour_marks', [mark('kept-1'), mark('kept-2')])
      await front.fail(once(kind, 'from hour_marks'))
      await expect(stored()).rejects.toMatchObject(UNAVAILABLE)
      expect(await stored()).toContain('kept-2')
    },
  )
})

describe('a statement without result', () => {
  const close = () =>
    store.execute('hour-marks-close', {
      hours: [Date.UTC(2026, 0, 1, 5)],
      opens: [],
      batches: ['closing'],
      at: Date.UTC(2026, 0, 1, 6),
      stale_before: 0,
    })

  test.each(['reset', 'hang', 'gateway', 'lost-answer', 'refuse-late'] as const)(
    'that meets "%s" fails and may be repeated',
    async kind => {
      await store.append('hour_marks', [mark('closing')])
      await front.fail(once(kind, 'insert into hour_marks \\([^)]*\\)\\s+select', 241))
      await expect(close()).rejects.toMatchObject(UNAVAILABLE)
      await close()
      expect(await stored()).not.toContain('closing')
    },
  )
})

test('a server that was killed is unavailable; once it is back, all is there and work goes on', async () => {
  await store.append('hour_marks', [mark('before')])
  await front.kill()
  await expect(store.append('hour_marks', [mark('during')])).rejects.toMatchObject(UNAVAILABLE)
  await expect(stored()).rejects.toMatchObject(UNAVAILABLE)
  await expect(open(front.url)).rejects.toMatchObject(UNAVAILABLE)
  await front.restart()
  await store.append('hour_marks', [mark('after')])
  const batches = await stored()
  expect(batches).toEqual(expect.arrayContaining(['before', 'after']))
  expect(batches).not.toContain('during')
})

test('a server that dies under a statement loses nothing that it acknowledged', async () => {
  await front.fail(once('hang', 'insert into hour_marks'))
  const pending = store.append('hour_marks', [mark('dying')])
  await Promise.all([expect(pending).rejects.toMatchObject(UNAVAILABLE), front.kill()])
  await front.restart()
  await store.append('hour_marks', [mark('dying')])
  expect((await stored()).filter(batch => batch === 'dying')).toEqual(['dying'])
})

test('a server behind a broken schema migration answers with a fault that names it', async () => {
  await front.fail(once('refuse', 'create table if not exists schema_migrations', 497))
  const opening = open(front.url)
  await expect(opening).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  await expect(opening).rejects.toThrow('(code 497)')
})

test('the largest pass of the meter fits the bounds of a server on what a request may name', async () => {
  const clock = fakeClock()
  const builds = createBuildNumbers(clock.now)
  const settings = meterSettings.parse(undefined)
  const { store: patient } = await open(front.url)
  const meter = createMeter({ store: patient, clock, builds, settings, catalogueVersion: 'none' })
  const from = Date.UTC(2020, 0)
  const hours = Array.from({ length: 4000 }, (_, index) => from + 2 * index * 3_600_000)
  const marks = hours.map((hour, index) => ({
    hour: toSqlTime(hour).slice(0, 19),
    batch_id: `bat-0123456789abcdef-${index}`,
    state: 1,
    at: toSqlTime(hour),
  }))
  for (let at = 0; at < marks.length; at += 1000) {
    await patient.append('hour_marks', marks.slice(at, at + 1000))
  }
  const until = Date.UTC(2022, 0)
  const metered = await meter.rebuild(until)
  expect(metered.marks.hours).toHaveLength(4000)
  await meter.settle(metered)
  expect(await patient.query('hour-marks-dirty', { from, until, limit: 10 })).toEqual([])
  await patient.close()
})
