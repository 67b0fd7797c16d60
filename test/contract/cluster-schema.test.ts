import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterNode, clusterFlaw, layoutOf } from '../../src/adapters/clickhouse/cluster.ts'
import type { Cluster } from '../../src/adapters/clickhouse/cluster-sql.ts'
import { schemaTables } from '../../src/adapters/clickhouse/migrate.ts'
import { migrationParts, namedSql, readSqlFolder } from '../../src/adapters/clickhouse/sql-files.ts'
import { openEngine, type TestEngine } from '../support/engines.ts'
import { projectFolder } from '../support/store.ts'

/** What the schema becomes on a cluster of two shards. No Keeper here: statements are parsed only. */

const sql = join(projectFolder, 'sql')
const node = (shard: number, replica: number, more: Partial<ClusterNode> = {}): ClusterNode => ({
  shard,
  replica,
  weight: 1,
  forwards: 1,
  host: `ch-${shard}-${replica}`,
  is_local: shard === 1 && replica === 1 ? 1 : 0,
  ...more,
})
const NODES = [node(1, 1), node(1, 2), node(2, 1), node(2, 2)]
const CLUSTER: Cluster = {
  name: 'prod',
  database: 'flopwatch',
  layout: layoutOf(NODES),
  nodes: NODES.length,
  distributedSql: namedSql(join(sql, 'cluster'))('distributed-create'),
}
const emitted = (text: string): string[] =>
  migrationParts(text, CLUSTER).map(part => part.replace(/^\s*--.*\n/gm, ''))

test('a table cut by device is one of parts under another name, and the name over all shards', () => {
  const text = `-- Why.
create table if not exists samples :on_cluster
(
    device_id String,
    version   UInt128
)
engine = :engine(ReplacingMergeTree(version))
partition by toDate(hour)
order by (hour, device_id, time)
`
  expect(emitted(text)).toEqual([
    `create table if not exists samples_local on cluster 'prod'
(
    device_id String,
    version   UInt128
)
engine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/flopwatch/samples_local', '{replica}', version)
partition by toDate(hour)
order by (hour, device_id, time)`,
    `create table if not exists samples on cluster 'prod' as \`flopwatch\`.\`samples_local\`
engine = Distributed('prod', 'flopwatch', 'samples_local', cityHash64(device_id))
comment 'shards 1:1 2:1'`,
  ])
})

test('any other table is whole on every node: one path for all, a name for each', () => {
  const text = `create table if not exists reports :on_cluster
(
    case_id String
)
engine = :engine(ReplacingMergeTree())
order by (case_id)
`
  expect(emitted(text)).toEqual([
    `create table if not exists reports on cluster 'prod'
(
    case_id String
)
engine = ReplicatedReplacingMergeTree('/clickhouse/tables/all/flopwatch/reports', '{shard}-{replica}')
order by (case_id)`,
  ])
})

test('a new column goes to the parts before the name that reads them', () => {
  const add = 'add column if not exists source String'
  expect(emitted(`alter table samples :on_cluster ${add}`)).toEqual([
    `alter table samples_local on cluster 'prod' ${add}`,
    `alter table samples on cluster 'prod' ${add}`,
  ])
  expect(emitted(`alter table cases :on_cluster ${add}`)).toEqual([
    `alter table cases on cluster 'prod' ${add}`,
  ])
  expect(migrationParts(`alter table samples :on_cluster ${add}`, null)).toEqual([
    `alter table samples  ${add}`,
  ])
})

describe('the whole schema', () => {
  let engine: TestEngine
  beforeAll(async () => {
    engine = await openEngine('embedded')
  })
  afterAll(() => engine.close())

  const parts = readSqlFolder(join(sql, 'migrations')).flatMap(file => emitted(file.text))

  test('the engine reads every statement, and each goes to the whole cluster', async () => {
    expect(parts.length).toBeGreaterThan(20)
    for (const part of parts) {
      expect(part).toMatch(/^(create|alter|drop) [a-z ]+ \w+ on cluster 'prod'/m)
      const query = `explain ast ${part}`
      const result = await engine.connections.writer.query({ query, format: 'TabSeparated' })
      expect(await result.text(), part).toMatch(/^"?(Create|Alter|Drop)Query /)
    }
  })

  test('samples and device-hours are cut, all else is whole, nothing is left to one node', () => {
    const tables = [...schemaTables(sql, CLUSTER)]
    const cut = tables.filter(([, made]) => made === 'Distributed').map(([name]) => name)
    expect(cut).toEqual(['samples', 'device_hours'])
    const rest = tables.filter(([name]) => !cut.includes(name)).map(([, made]) => made)
    expect(rest.filter(made => !/^Replicated\w*MergeTree$/.test(made))).toEqual([])
    // A path is taken again only by a table that was dropped before it was made anew.
    const dropped = parts.flatMap(part => /^drop table if exists (\w+) /m.exec(part)?.[1] ?? [])
    const paths = parts.flatMap(part => /'(\/clickhouse[^']+)'/.exec(part)?.[1] ?? [])
    const twice = paths.filter((path, index) => paths.indexOf(path) !== index)
    expect(dropped).toEqual(expect.arrayContaining(twice.map(path => path.split('/').at(-1) ?? '')))
  })
})

test.each<[string, readonly ClusterNode[], RegExp | null]>([
  ['two shards of two', NODES, null],
  ['one node', [node(1, 1)], null],
  ['one node that copies by itself has nobody to copy to', [node(1, 1, { forwards: 0 })], null],
  ['a name that the server does not know', [], /^the server knows no cluster "prod"$/],
  ['a third replica', [...NODES, node(2, 3)], /^shard 2 .* more than two replicas/],
  [
    'replicas that are written apart',
    [node(1, 1), node(1, 2, { forwards: 0 })],
    /^shard 1 .* lacks internal_replication/,
  ],
  [
    'another node than the first',
    [node(1, 1, { is_local: 0 }), node(1, 2, { is_local: 1 })],
    /does not lead to ch-1-1, the first node/,
  ],
])('%s', (_, nodes, flaw) => {
  const found = clusterFlaw('prod', nodes)
  if (flaw === null) expect(found).toBeNull()
  else expect(found).toMatch(flaw)
})

test('the layout is told by shards and weights, not by replicas', () => {
  expect(layoutOf(NODES)).toBe('shards 1:1 2:1')
  expect(layoutOf([node(1, 1), node(2, 1, { weight: 3 })])).toBe('shards 1:1 2:3')
})
