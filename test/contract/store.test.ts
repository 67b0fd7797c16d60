import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/clickhouse/migrate.ts'
import { migrationParts, readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import { createStore } from '../../src/adapters/clickhouse/store.ts'
import { Fault } from '../../src/domain/fault.ts'
import { toSqlTime } from '../../src/domain/window.ts'
import type { Row, Store } from '../../src/ports/store.ts'
import { ENGINES, openEngine, type TestEngine } from '../support/engines.ts'
import { holdsTwoStatements } from '../support/front-request.ts'
import { fakeClock, projectFolder } from '../support/store.ts'

/** Statements of this test alone; they take the way of a detector's query. */
const PROBES = new Map([
  ['marks', 'select batch_id, state, at from hour_marks final order by batch_id'],
  ['marks-stored', 'select count() as n from hour_marks where batch_id = {batch:String}'],
  ['marks-big', "select count() as n from hour_marks where batch_id like 'big-%'"],
  ['wide', 'select toUInt64(18446744073709551615) as count, toFloat64({flop:Float64}) as flop'],
  ['narrow', 'select {n:Int64} as n'],
  ['echo', 'select {text:String} as text, {list:Array(String)} as list'],
  ['time', "select {at:DateTime64(3, 'UTC')} as at, toUnixTimestamp64Milli(at) as ms"],
  ['device', 'select version, slice, power_w from samples final where device_id = {id:String}'],
  ['batch', 'select source, bytes from batches final where batch_id = {id:String}'],
  ['two', 'select 1 as n; select 2 as n'],
  ['unknown', 'select * from no_such_table'],
])

const mark = (batch_id: string, more: Row = {}): Row => ({
  hour: '2026-01-01 05:00:00',
  batch_id,
  state: 1,
  at: '2026-01-01 05:10:00.123',
  ...more,
})

const sample = (device_id: string, more: Row = {}): Row => ({
  hour: '2026-01-01 05:00:00',
  device_id,
  time: '2026-01-01 05:10:00.000',
  version: '1',
  slice: 1,
  ...more,
})

/** Text that has broken a storage layer somewhere. */
const NASTY = [
  "it's",
  'say "so"',
  'back\\slash \\n \\\\',
  'line\nfeed\r\nreturn\ttab',
  'nul \u0000 bell \u0007',
  'Zürich 東京 \u{1f525} e\u0301 \u2028 \u200f',
  '{name:String} %s {{x}} $1 :engine(X)',
  "'; drop table samples; --",
  '[1,2] {"a":1}',
  '\\N',
  'x'.repeat(100_000),
]

describe.each(ENGINES)('store on %s', kind => {
  let engine: TestEngine
  let store: Store
  beforeAll(async () => {
    engine = await openEngine(kind)
    const sql = join(projectFolder, 'sql')
    await migrate(engine.connections.writer, sql, null, fakeClock())
    const named = new Map(
      readSqlFolder(join(sql, 'queries')).map(file => [file.name, file.text] as const),
    )
    store = createStore(engine.connections, { named, detectors: PROBES })
  })
  afterAll(() => engine.close())

  test('rows appended twice are stored once, and neither append vanishes', async () => {
    await store.append('hour_marks', [mark('twice')])
    await store.append('hour_marks', [mark('twice')])
    const rows = await store.queryDetector('marks', {})
    expect(rows).toEqual([{ batch_id: 'twice', state: 1, at: '2026-01-01 05:10:00.123' }])
    // A third one with another state wins by it, in whatever order it came.
    await store.append('hour_marks', [mark('twice', { state: 2 })])
    await store.append('hour_marks', [mark('twice')])
    expect(await store.queryDetector('marks', {})).toMatchObject([{ state: 2 }])
  })

  test('reads between writes leave no setting behind: every later write is kept', async () => {
    for (const batch of ['r1', 'r2', 'r3']) {
      await store.queryDetector('echo', { text: batch, list: [] })
      await store.append('hour_marks', [mark(batch)])
      expect(await store.queryDetector('marks-stored', { batch })).toEqual([{ n: '1' }])
    }
  })

  test('wide numbers cross as text: exact out, exact in, refused as numbers', async () => {
    expect(await store.queryDetector('wide', { flop: '1e26' })).toEqual([
      { count: '18446744073709551615', flop: 1e26 },
    ])
    await expect(store.queryDetector('wide', { flop: 1e26 })).rejects.toThrow('as text')
    await expect(store.queryDetector('narrow', { n: 2 ** 53 })).rejects.toThrow('as text')
    expect(await store.queryDetector('narrow', { n: 2 ** 53 - 1 })).toEqual([
      { n: '9007199254740991' },
    ])
  })

  test('a 128-bit version and the edges of a double survive', async () => {
    const version = String((7n << 64n) | 0xffff_ffff_ffff_ffffn)
    const power_w = 1.7976931348623157e308
    await store.append('samples', [sample('edges', { version, slice: 5e-324, power_w })])
    const rows = await store.queryDetector('device', { id: 'edges' })
    expect(rows).toEqual([{ version, slice: 5e-324, power_w }])
    expect(BigInt(version)).toBe(147573952589676412927n)
  })

  test('an instant keeps its milliseconds as parameter and in rows', async () => {
    const at = Date.UTC(2026, 1, 3, 4, 5, 6, 789)
    const rows = await store.queryDetector('time', { at: toSqlTime(at) })
    expect(rows).toEqual([{ at: '2026-02-03 04:05:06.789', ms: String(at) }])
  })

  test('text of every kind comes back as it went in', async () => {
    for (const [index, source] of NASTY.entries()) {
      const id = `nasty-${index}`
      await store.append('batches', [
        { batch_id: id, source, bytes: '18446744073709551615', received_at: '2026-01-01 00:00:00' },
      ])
      const stored = await store.queryDetector('batch', { id })
      expect(stored).toEqual([{ source, bytes: '18446744073709551615' }])
    }
    for (const text of NASTY.filter(candidate => candidate !== '\\N')) {
      const list = [text.slice(0, 1000), "b'c"]
      expect(await store.queryDetector('echo', { text: text.slice(0, 1000), list })).toEqual([
        { text: text.slice(0, 1000), list },
      ])
    }
  })

  test('null stays null; a number that is none is a mistake of the caller', async () => {
    await store.append('samples', [sample('null', { power_w: null })])
    expect(await store.queryDetector('device', { id: 'null' })).toMatchObject([{ power_w: null }])
    const broken = [sample('nan', { power_w: Number.NaN })]
    await expect(store.append('samples', broken)).rejects.toThrow('finite')
    const uneven = [sample('a'), { ...sample('b'), power_w: 3 }]
    await expect(store.append('samples', uneven)).rejects.toThrow('same columns')
    expect(await store.queryDetector('device', { id: 'nan' })).toEqual([])
  })

  test('one bad row fails the whole insert and none of it is stored', async () => {
    const rows = [mark('good-1'), mark('bad', { state: 'not a number' }), mark('good-2')]
    const refused = store.append('hour_marks', rows)
    await expect(refused).rejects.toBeInstanceOf(Fault)
    await expect(refused).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false })
    await expect(refused).rejects.toThrow(/rows for hour_marks \(code \d+\)/)
    for (const batch of ['good-1', 'bad', 'good-2']) {
      expect(await store.queryDetector('marks-stored', { batch })).toEqual([{ n: '0' }])
    }
  })

  test('the engine refuses with its own code', async () => {
    const refused = store.queryDetector('unknown', {})
    await expect(refused).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    await expect(refused).rejects.toThrow('(code 60)')
  })

  test('nothing to append is done at once, and megabytes arrive whole', async () => {
    await store.append('hour_marks', [])
    await store.appendLines('hour_marks', ['hour', 'batch_id', 'state', 'at'], [])
    const row = (n: number) => `2026-02-01 00:00:00\tbig-${n}\t1\t2026-02-01 00:00:00\n`
    const lines = Array.from({ length: 60_000 }, (_, n) => row(n))
    await store.appendLines('hour_marks', ['hour', 'batch_id', 'state', 'at'], lines)
    expect(await store.queryDetector('marks-big', {})).toEqual([{ n: '60000' }])
  })

  test('two statements in one call: a server refuses what the embedded engine runs', async () => {
    const answer = store.queryDetector('two', {})
    if (kind === 'server') await expect(answer).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    else await expect(answer).resolves.toBeInstanceOf(Array)
  })
})

test('so no file of sql/ holds two statements outside of migration parts', () => {
  const folders = ['queries', 'features', 'ledger', 'migrations']
  const files = folders.flatMap(folder => readSqlFolder(join(projectFolder, 'sql', folder)))
  const parts = files.flatMap(file =>
    migrationParts(file.text, null).map(text => ({ name: file.name, text })),
  )
  expect(parts.length).toBeGreaterThan(files.length)
  expect(parts.filter(part => holdsTwoStatements(part.text)).map(part => part.name)).toEqual([])
})
