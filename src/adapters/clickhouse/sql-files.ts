import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Fault } from '../../domain/fault.ts'
import { type Cluster, onCluster, onOneServer } from './cluster-sql.ts'

/** Reads `.sql` files. Statements live there and nowhere else, one named query a file. */

export interface SqlFile {
  readonly name: string
  readonly text: string
}

/** Files of one folder, sorted by name. */
export function readSqlFolder(folder: string): SqlFile[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.sql'))
    .sort()
    .map(file => ({
      name: basename(file, '.sql'),
      text: readFileSync(join(folder, file), 'utf8'),
    }))
}

/** Text of a file of `folder` by name; throws CONFIG_INVALID where there is none. */
export function namedSql(folder: string): (name: string) => string {
  const files = new Map(readSqlFolder(folder).map(file => [file.name, file.text]))
  return name => {
    const text = files.get(name)
    if (text === undefined) throw new Fault('CONFIG_INVALID', `${folder}/${name}.sql is missing`)
    return text
  }
}

/** `query.sql` of every detector folder that has one, by detector id. */
export function readDetectorSql(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const sql = readSqlFolder(join(folder, entry.name)).find(file => file.name === 'query')
    if (sql) found.set(entry.name, sql.text)
  }
  return found
}

/**
 * The statements of a migration with its placeholders `:engine(X)` and `:on_cluster` filled. A
 * server rejects two statements in one call, so a file is cut at lines that read `-- ;`.
 */
export function migrationParts(text: string, cluster: Cluster | null): string[] {
  return statementParts(text)
    .flatMap(part => (cluster ? onCluster(part, cluster) : [onOneServer(part)]))
    .map(part => part.trim())
}

/** Tables that are there once all statements have run, with the engine of each. */
export function createdTables(parts: Iterable<string>): Map<string, string> {
  const tables = new Map<string, string>()
  for (const part of parts) {
    const [, made, engine = ''] =
      /^create table if not exists (\w+)[\s\S]*?^engine = (\w+)/m.exec(part) ?? []
    const [, dropped] = /^drop table if exists (\w+)/m.exec(part) ?? []
    if (made) tables.set(made, engine)
    if (dropped) tables.delete(dropped)
  }
  return tables
}

/** The statements of a file that holds several. */
export function statementParts(text: string): string[] {
  return text.split(/^-- ;\s*$/m).filter(part => part.replace(/^\s*--.*$/gm, '').trim() !== '')
}
