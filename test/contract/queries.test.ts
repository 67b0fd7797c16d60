import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import type { App } from '../../src/app.ts'
import { type QueryName, queryRegistry } from '../../src/ports/queries/registry.ts'
import { ENGINES, openEngine, type TestEngine } from '../support/engines.ts'
import { paramsOf, readFacts, writes } from '../support/query-facts.ts'
import { openSeededApp } from '../support/seeded-app.ts'
import { projectFolder } from '../support/store.ts'

/**
 * Every named query, run on a store that holds a day of the demo fleet, its rows checked by type.
 * Parameters are made from their names and from what the store holds, so a new query is taken up
 * here by itself.
 */

const names = Object.keys(queryRegistry).sort() as QueryName[]

test('every statement has its types, and every entry its statement', () => {
  const files = ['queries', 'features'].flatMap(folder =>
    readSqlFolder(join(projectFolder, 'sql', folder)).map(file => file.name),
  )
  expect(files.sort()).toEqual(names)
})

describe.each(ENGINES)('named queries on %s', kind => {
  let engine: TestEngine
  let app: App
  let facts: Readonly<Record<string, unknown>>
  beforeAll(async () => {
    engine = await openEngine(kind)
    app = await openSeededApp(engine.engine)
    facts = await readFacts(engine.connections.writer, app)
  }, 240_000)
  afterAll(async () => {
    await app.close()
    await engine.close()
  })

  // Statements that write run last: they bury what the others read.
  const ordered = [...names].sort((a, b) => Number(writes(a)) - Number(writes(b)))

  test.each(ordered)('%s', async name => {
    const params = paramsOf(name, facts)
    if (writes(name)) {
      await app.store.execute(name, params)
      return
    }
    const rows = await app.store.query(name, params)
    // Types of rows that never come would be checked by nobody.
    expect(rows.length, JSON.stringify(params)).toBeGreaterThan(0)
  })
})
