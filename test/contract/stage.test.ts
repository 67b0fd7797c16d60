import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/clickhouse/migrate.ts'
import { readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import { createStore } from '../../src/adapters/clickhouse/store.ts'
import { PRECISIONS } from '../../src/domain/accelerator.ts'
import { INTERVAL_S_MAX } from '../../src/domain/ingest-settings.ts'
import {
  DEVICE_COUNT_MAX,
  NUMBER_FIELDS,
  POWER_SCOPES,
  REVISION_MAX,
  TEXT_FIELDS,
} from '../../src/domain/records/accelerator-fields.ts'
import { TEXT_CHARACTERS_MAX } from '../../src/domain/records/fields.ts'
import { stageQueries } from '../../src/ports/queries/stage.ts'
import type { Stage } from '../../src/ports/stage.ts'
import type { Store } from '../../src/ports/store.ts'
import { SAMPLE_COLUMNS } from '../../src/stages/ingest/sample-row.ts'
import { ENGINES, openEngine, type TestEngine } from '../support/engines.ts'
import { fakeClock, projectFolder } from '../support/store.ts'

const sql = join(projectFolder, 'sql')
const files = readSqlFolder(join(sql, 'stage'))
const textOf = (name: string): string => files.find(file => file.name === name)?.text ?? ''

test('every statement of a stage has its types, and every entry its statement', () => {
  expect(files.map(file => file.name).sort()).toEqual(Object.keys(stageQueries).sort())
})

test('statements of a stage say their purpose, parameters and bound', () => {
  for (const { name, text } of files) {
    expect(text, name).toMatch(/^-- .+/)
    expect(text, name).toMatch(/^-- +params:/m)
    expect(text, name).toMatch(/^-- +bound:/m)
  }
})

const LINES_SQL = textOf('staged-lines').replace(/--.*$/gm, '')

/** Fields and the most that each may be, of every check that runs over a list of them. */
const LISTS = [
  ...LINES_SQL.matchAll(
    /arrayAll\(\s*\(value, most\) -> ([\s\S]+?, 1\)),\s*\[([^\]]+)\], \[([^\]]+)\]\)/g,
  ),
].map(([, check = '', fields = '', mosts = '']) => {
  const named = fields.split(',').map(field => field.trim())
  const bounds = mosts.split(',').map(Number)
  expect(bounds).toHaveLength(named.length)
  return { check, bounds: named.map((field, at) => [field, bounds[at]] as const) }
})

test('the bounds in SQL are those of the reader', () => {
  const whole = [...LINES_SQL.matchAll(/is_whole\((\w+), (\d+)\)/g)]
  const found = Object.fromEntries([
    ...LISTS.flatMap(({ bounds }) => bounds),
    ...whole.map(([, field = '', most]) => [field, Number(most)] as const),
  ])
  for (const { check } of LISTS) expect(check).toContain('value >= 0 and value <= most')
  const numbers = Object.entries(NUMBER_FIELDS).map(([field, { max }]) => [field, max])
  expect(found).toEqual({
    ...Object.fromEntries(numbers),
    device_count: DEVICE_COUNT_MAX,
    revision: REVISION_MAX,
  })
  expect(LINES_SQL).toContain(`interval_s > 0 and interval_s <= ${INTERVAL_S_MAX}`)
  expect(LINES_SQL).toContain(`length(value) <= ${TEXT_CHARACTERS_MAX}`)
  const words = (list: readonly string[]) => `[${list.map(word => `'${word}'`).join(', ')}]`
  expect(LINES_SQL).toContain(`is_word(power_scope, ${words(['', ...POWER_SCOPES])})`)
  expect(LINES_SQL).toContain(`is_word(precision, ${words(['', ...PRECISIONS])})`)
})

test("DCGM's blanks are looked for wherever they lie in the range", () => {
  const counters = LISTS.filter(({ check }) => check.includes(String(2 ** 47)))
  const names = counters.flatMap(({ bounds }) => bounds.map(([field]) => field))
  const fields = Object.entries(NUMBER_FIELDS)
  expect(names).toEqual(fields.filter(([, { max }]) => max >= 2 ** 47).map(([field]) => field))
  const gauges = fields.filter(([, { gauge }]) => gauge).map(([, { max }]) => max)
  expect(Math.max(...gauges)).toBeLessThan(2_147_483_632)
})

test('every text is checked, and every field is counted, extracted, named and inserted', () => {
  const texts = ['device_id', ...TEXT_FIELDS]
  for (const field of texts) expect(LINES_SQL).toContain(`and is_text(${field})`)
  const all = ['time', ...texts, 'power_scope', 'precision', ...Object.keys(NUMBER_FIELDS)]
  for (const field of [...all, 'interval_s', 'slice', 'device_count', 'revision']) {
    expect(LINES_SQL).toContain(`tupleElement(r, '${field}') as ${field},`)
    const isCounted = new RegExp(
      `isNotNull\\(${field}\\)|isNotNull\\(value\\), \\[[^\\]]*\\b${field}\\b`,
    )
    expect(LINES_SQL).toMatch(isCounted)
    expect(LINES_SQL).toContain(`'${field}'`)
    expect(LINES_SQL).toMatch(new RegExp(`\\b${field} (LowCardinality|Nullable)`))
    expect(LINES_SQL.split('with')[0]).toMatch(new RegExp(`\\b${field}\\b`))
  }
})

const sample = (minute: number, more: object = {}): string =>
  `${JSON.stringify({
    time: `2026-01-01T10:${String(minute).padStart(2, '0')}:00Z`,
    interval_s: 60,
    device_id: 'GPU-1',
    accelerator: 'h100',
    power_w: 500,
    ...more,
  })}`

describe.each(ENGINES)('stage on %s', kind => {
  let engine: TestEngine
  let store: Store
  beforeAll(async () => {
    engine = await openEngine(kind)
    await migrate(engine.connections.writer, sql, null, fakeClock())
    const named = new Map(
      ['queries', 'stage'].flatMap(folder =>
        readSqlFolder(join(sql, folder)).map(file => [file.name, file.text] as const),
      ),
    )
    const probes = new Map([
      [
        'columns',
        'select name, type from system.columns where table = {table:String} and database = currentDatabase() order by name',
      ],
      ['samples', 'select time, power_w, revision from samples final order by time, revision'],
    ])
    store = createStore(engine.connections, { named, detectors: probes })
  })
  afterAll(() => engine.close())

  const send = (stage: Stage, lines: readonly string[]): Promise<void> =>
    stage.executeLines(
      'staged-lines',
      {
        firsts: [0],
        batches: ['b'],
        sources: ['s'],
        ingested_at: 0,
        time_min: Date.UTC(2020),
        time_max: Date.UTC(2030),
        record_bytes_max: 1000,
      },
      lines.map((line, row) =>
        Buffer.from(`${String(row).padStart(8, '0')}${'0'.repeat(16)}${line}\n`),
      ),
    )

  test('sound lines are taken, others are named, and the rows become durable', async () => {
    const stage = await store.stage()
    await stage.execute('staged-create', {})
    await send(stage, [sample(1), 'odd', sample(2, { extra: 1 }), sample(3, { revision: 1 })])
    expect(await stage.query('staged-count', {})).toEqual([{ staged: 2 }])
    expect(await stage.query('staged-missing', { rows: 4 })).toEqual([{ rows: [1, 2] }])
    const [groups] = await stage.query('staged-groups', {})
    expect(groups).toEqual({
      devices: ['GPU-1'],
      hours: [Date.UTC(2026, 0, 1, 10)],
      tenants: [['']],
      first_rows: [0],
      last_rows: [3],
      rows: [2],
      distinct: [2],
      starts: [Date.UTC(2026, 0, 1, 10, 0)],
      first_ends: [Date.UTC(2026, 0, 1, 10, 1)],
      last_ends: [Date.UTC(2026, 0, 1, 10, 3)],
      counter_ends: [null],
      last_counter_ends: [null],
    })
    await stage.execute('staged-write', {})
    stage.release()
    expect(await store.queryDetector('samples', {})).toEqual([
      { time: '2026-01-01 10:01:00.000', power_w: 500, revision: 0 },
      { time: '2026-01-01 10:03:00.000', power_w: 500, revision: 1 },
    ])
  })

  test('what may be stored already is met, told apart and left out', async () => {
    const stage = await store.stage()
    await stage.execute('staged-create', {})
    // Stored just so, stored otherwise, twice in the part, and new.
    await send(stage, [
      sample(1),
      sample(3),
      sample(4),
      sample(4),
      sample(5, { energy_total_j: 1 }),
    ])
    const hour = Date.UTC(2026, 0, 1, 10)
    const [met] = await stage.query('contest-rows', {
      everything: 0,
      devices: ['GPU-1', 'GPU-2'],
      hours: [hour, hour],
    })
    const minutes = (all: readonly number[] = []) => all.map(at => (at - hour) / 60_000)
    expect(met).toMatchObject({
      rows: [0, 1, 2, 3, 4],
      devices: Array(5).fill('GPU-1'),
      hours: Array(5).fill(hour),
      counters: [0, 0, 0, 0, 1],
      held_sources: ['s', 's', '', '', ''],
    })
    expect(minutes(met?.ends)).toEqual([1, 3, 4, 4, 5])
    expect(minutes(met?.starts)).toEqual([0, 2, 3, 3, 4])
    const [first = '', second = '', third = '', fourth = ''] = met?.versions ?? []
    const revised = String((1n << 64n) | BigInt(second))
    expect(met?.held_versions).toEqual([first, revised, '', '', ''])
    expect(third).toBe(fourth)
    // Everything is more than what is named.
    const nobody = { devices: [], hours: [] }
    const all = await stage.query('contest-rows', { everything: 1, ...nobody })
    expect(all).toEqual([met])
    const [none] = await stage.query('contest-rows', { everything: 0, ...nobody })
    expect(none?.rows).toEqual([])
    await stage.execute('excluded-create', {})
    await stage.appendLines('excluded', ['row'], ['0\n', '1\n', '3\n'])
    await stage.execute('staged-write-kept', { from: hour, until: hour + 1 })
    stage.release()
    const stored = await store.queryDetector('samples', {})
    expect(stored.map(row => Reflect.get(Object(row), 'time'))).toEqual([
      '2026-01-01 10:01:00.000',
      '2026-01-01 10:03:00.000',
      '2026-01-01 10:04:00.000',
      '2026-01-01 10:05:00.000',
    ])
  })

  test('stages do not see each other, and a third waits for one of two', async () => {
    const [one, other] = [await store.stage(), await store.stage()]
    await one.execute('staged-create', {})
    await other.execute('staged-create', {})
    await send(one, [sample(1)])
    expect(await other.query('staged-missing', { rows: 1 })).toEqual([{ rows: [0] }])
    const third = store.stage()
    one.release()
    await (await third).execute('staged-create', {})
    other.release()
    ;(await third).release()
  })

  test('a stage without its tables is a store that was lost, not a statement refused', async () => {
    const stage = await store.stage()
    await stage.execute('staged-create', {})
    const lost = stage.appendLines('no_such_table', ['row'], ['1\n'])
    await expect(lost).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    stage.release()
  })

  test('a sample that is staged is a sample that can be stored, column by column', async () => {
    const stored = await store.queryDetector('columns', { table: 'samples' })
    const types = new Map(
      stored.map(row => [Reflect.get(Object(row), 'name'), Reflect.get(Object(row), 'type')]),
    )
    const staged = [
      ...textOf('staged-create').matchAll(/^ {4}(\w+) +([A-Z]\w+(?:\([^\n]*?\))?)[ ,\n]/gm),
    ]
    const own = Object.fromEntries(staged.map(([, name, type]) => [name, type]))
    for (const [name, type] of types) expect(own[name], name).toBe(type)
    expect(Object.keys(own).sort()).toEqual(['row', ...types.keys()].sort())
    const computed = ['hour', 'version']
    expect([...SAMPLE_COLUMNS, ...computed].sort()).toEqual(Object.keys(own).sort())
  })
})
