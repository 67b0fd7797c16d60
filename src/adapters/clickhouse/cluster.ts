import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { z } from 'zod'
import { Fault } from '../../domain/fault.ts'
import { checkedRead } from './checked-read.ts'
import type { Cluster } from './cluster-sql.ts'
import { guarded } from './engine-fault.ts'
import { namedSql } from './sql-files.ts'

/** Reads the cluster that CLICKHOUSE_CLUSTER names and refuses one that would lose or double rows. */

const nodeShape = z.object({
  shard: z.number(),
  weight: z.number(),
  replica: z.number(),
  forwards: z.number(),
  host: z.string(),
  is_local: z.number(),
})
export type ClusterNode = z.output<typeof nodeShape>

/** Throws STORE_UNSAFE with what is wrong about the cluster as the server has it configured. */
export async function readCluster(
  client: ClickHouseClient,
  sqlFolder: string,
  { name, database }: { readonly name: string; readonly database: string },
): Promise<Cluster> {
  const sql = clusterSql(sqlFolder)
  const nodes = await checkedRead(client, sql('nodes'), nodeShape, { cluster: name })
  const flaw = clusterFlaw(name, nodes)
  if (flaw !== null) throw new Fault('STORE_UNSAFE', flaw)
  const layout = layoutOf(nodes)
  return {
    name,
    database,
    layout,
    nodes: nodes.length,
    distributedSql: sql('distributed-create'),
  }
}

/** Shards with their weights: rows are placed by both, so neither may change under them. */
export function layoutOf(nodes: readonly ClusterNode[]): string {
  const shards = new Set(nodes.map(({ shard, weight }) => `${shard}:${weight}`))
  return ['shards', ...shards].join(' ')
}

/** What speaks against the cluster, in one sentence, or null. */
export function clusterFlaw(name: string, nodes: readonly ClusterNode[]): string | null {
  const [first] = nodes
  if (!first) return `the server knows no cluster "${name}"`
  const third = nodes.find(({ replica }) => replica > 2)
  if (third) {
    return `shard ${third.shard} of cluster "${name}" has more than two replicas: what two of them acknowledge could be read from the third`
  }
  const divided = nodes.find(({ replica, forwards }) => replica > 1 && forwards === 0)
  if (divided) {
    return `shard ${divided.shard} of cluster "${name}" lacks internal_replication: its replicas would be written apart from each other`
  }
  if (first.is_local !== 1) {
    return `CLICKHOUSE_URL does not lead to ${first.host}, the first node of cluster "${name}": every instance must write and read there, because others lag behind it`
  }
  return null
}

const heldShape = z.object({ name: z.string(), nodes: z.coerce.number() })

/** Tables that some node of the cluster lacks: all on a new cluster, or after a node has joined. */
export async function tablesLacking(
  client: ClickHouseClient,
  sqlFolder: string,
  { name, database, nodes }: Cluster,
  tables: Iterable<string>,
): Promise<string[]> {
  const query = clusterSql(sqlFolder)('tables-everywhere')
  const rows = await checkedRead(client, query, heldShape, { cluster: name, database })
  const held = new Map(rows.map(row => [row.name, row.nodes]))
  return [...tables].filter(table => (held.get(table) ?? 0) < nodes)
}

const lostShape = z.object({ name: z.string() })

/**
 * Waits until this node has every acknowledged row of the tables that it reads by itself: it may
 * have taken over from another. Throws STORE_UNAVAILABLE while Keeper is out of reach.
 */
export async function catchUp(
  client: ClickHouseClient,
  sqlFolder: string,
  tables: ReadonlyMap<string, string>,
): Promise<void> {
  const sql = clusterSql(sqlFolder)
  const [lost] = await checkedRead(client, sql('replicas-lost'), lostShape)
  if (lost) throw new Fault('STORE_UNAVAILABLE', `table ${lost.name} has lost Keeper`)
  for (const [table, engine] of tables) {
    if (!engine.startsWith('Replicated')) continue
    const query = sql('replica-sync').replace(':table', table)
    await guarded(`the rest of ${table}`, () => client.command({ query }))
  }
}

function clusterSql(sqlFolder: string): (name: string) => string {
  return namedSql(join(sqlFolder, 'cluster'))
}
