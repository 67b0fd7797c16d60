import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/clickhouse/migrate.ts'
import { readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import { ENGINES, openEngine, type TestEngine } from '../support/engines.ts'
import { fakeClock, projectFolder } from '../support/store.ts'

const files = readSqlFolder(join(projectFolder, 'sql/migrations'))
const names = files.map(file => file.name)
const dropped = new Set(
  files
    .flatMap(file => [...file.text.matchAll(/drop table if exists (\w+)/g)])
    .map(match => match[1]),
)
/** Tables and views that the migrations say they create, and leave. */
const tables = files
  .flatMap(file => [...file.text.matchAll(/create (?:table|view) if not exists (\w+)/g)])
  .map(match => match[1])
  .filter(name => !dropped.has(name))

describe.each(ENGINES)('migrations on %s', kind => {
  let engine: TestEngine
  let sql: string
  beforeAll(async () => {
    engine = await openEngine(kind)
    sql = await mkdtemp(join(tmpdir(), 'flopwatch-sql-'))
    await cp(join(projectFolder, 'sql'), sql, { recursive: true })
  })
  afterAll(async () => {
    await engine.close()
    await rm(sql, { recursive: true, force: true })
  })

  const run = () => migrate(engine.connections.writer, sql, null, fakeClock())

  const listTables = async (): Promise<string[]> => {
    const { writer } = engine.connections
    const result = await writer.query({ query: 'show tables', format: 'JSONEachRow' })
    const rows = await result.json<{ name: string }>()
    return rows.map(row => row.name).sort()
  }

  test('two processes that race both end with the whole schema', async () => {
    const [first, second] = await Promise.all([run(), run()])
    for (const report of [first, second]) {
      expect([...report.present, ...report.applied].sort()).toEqual(names)
    }
    expect(await listTables()).toEqual([...tables, 'schema_migrations'].sort())
  })

  test('a second run applies nothing', async () => {
    expect(await run()).toEqual({ applied: [], present: names })
  })

  test('a store without the newest migration gets that one alone', async () => {
    const newest = join(sql, 'migrations', '9998_probe.sql')
    await writeFile(newest, 'create table if not exists probe (x UInt8) engine = Memory\n')
    expect(await run()).toEqual({ applied: ['9998_probe'], present: names })
    expect(await listTables()).toContain('probe')
  })

  test('a schema newer than the release refuses to start', async () => {
    await rm(join(sql, 'migrations', '9998_probe.sql'))
    await expect(run()).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
    await expect(run()).rejects.toThrow('9998_probe')
    await cp(join(projectFolder, 'sql/migrations'), join(sql, 'migrations'), { recursive: true })
    await writeFile(
      join(sql, 'migrations', '9998_probe.sql'),
      'create table if not exists probe (x UInt8) engine = Memory\n',
    )
    expect((await run()).applied).toEqual([])
  })

  test('an applied migration that was edited refuses to start, comments included', async () => {
    const oldest = join(sql, 'migrations', `${names[0]}.sql`)
    const text = await readFile(oldest, 'utf8')
    await writeFile(oldest, `${text}-- one more word\n`)
    await expect(run()).rejects.toMatchObject({ code: 'SCHEMA_EDITED' })
    await expect(run()).rejects.toThrow(`${names[0]}.sql`)
    await writeFile(oldest, text)
    expect((await run()).applied).toEqual([])
  })

  test('a broken migration is not recorded, so the next run takes it up again', async () => {
    const broken = join(sql, 'migrations', '9999_broken.sql')
    await writeFile(
      broken,
      'create table if not exists whole (x UInt8) engine = Memory\n-- ;\ncreate tabel broken\n',
    )
    await expect(run()).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    await expect(run()).rejects.toThrow('migration 9999_broken')
    await writeFile(broken, 'create table if not exists whole (x UInt8) engine = Memory\n')
    expect((await run()).applied).toEqual(['9999_broken'])
  })
})
