/**
 * What a statement of a migration becomes on a cluster. Large tables are cut by device over the
 * shards: each node has its part under `NAME_local`, and `NAME` reads and writes all parts. All
 * other tables are whole on every node, so that joins find what they need where they run.
 */

/** Sharded tables, with the column whose hash places a row. */
const SHARDED: Readonly<Record<string, string>> = {
  samples: 'device_id',
  device_hours: 'device_id',
}

export interface Cluster {
  readonly name: string
  readonly database: string
  /** Shards with their weights, by which rows are placed: `shards 1:1 2:1`. */
  readonly layout: string
  readonly nodes: number
  /** `sql/cluster/distributed-create.sql`. */
  readonly distributedSql: string
}

/** Placeholder of an engine; its arguments may hold one pair of parentheses. */
const ENGINE = /:engine\(((?:[^()]|\([^()]*\))*)\)/

/** The same statement for a single server. */
export function onOneServer(part: string): string {
  return part.replace(':on_cluster', '').replace(ENGINE, (_, engine: string) => engine)
}

/**
 * One statement or, of a sharded table, two: columns are added to the parts before the name that
 * reads them. On that name only columns can be altered; what else is altered names the parts.
 */
export function onCluster(part: string, cluster: Cluster): string[] {
  const [, verb = '', table = ''] =
    /^(create table if not exists|alter table) (\w+) :on_cluster/m.exec(part) ?? []
  const key = SHARDED[table]
  if (key === undefined)
    return [placed(part, cluster, { table, path: 'all', replica: '{shard}-{replica}' })]
  const local = `${table}_local`
  const parts = placed(part.replace(`${verb} ${table}`, `${verb} ${local}`), cluster, {
    table: local,
    path: '{shard}',
    replica: '{replica}',
  })
  const whole = verb.startsWith('create')
    ? distributed(cluster, { table, local, key })
    : placed(part, cluster, null)
  return [parts, whole]
}

/** Where Keeper holds what the replicas of a table share. */
interface KeeperPlace {
  readonly table: string
  readonly path: string
  readonly replica: string
}

/**
 * Paths are explicit: by the server's default they hold the id that a table got when it was
 * created, so a node that joins later would make an empty table of its own beside the others.
 */
function placed(part: string, { name, database }: Cluster, place: KeeperPlace | null): string {
  return part
    .replace(':on_cluster', `on cluster '${name}'`)
    .replace(ENGINE, (_, engine: string) => {
      const [, kind = '', given = ''] = /^(\w*MergeTree)\((.*)\)$/.exec(engine) ?? []
      if (kind === '' || place === null) return engine
      const path = `'/clickhouse/tables/${place.path}/${database}/${place.table}'`
      const keeper = `${path}, '${place.replica}'`
      return `Replicated${kind}(${given === '' ? keeper : `${keeper}, ${given}`})`
    })
}

function distributed(
  { name, database, layout, distributedSql }: Cluster,
  names: { readonly table: string; readonly local: string; readonly key: string },
): string {
  const values: Record<string, string> = { ...names, cluster: name, database, layout }
  return distributedSql.replace(/:(\w+)/g, (word, placeholder) => values[placeholder] ?? word)
}
