import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

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

/** Where the statement's tables live when the store is a cluster. */
export interface Cluster {
  readonly name: string
}

/**
 * Fills the placeholders of a migration: `:engine(X)` and `:on_cluster`. A server rejects two
 * statements in one call, so a file is cut at lines that read `-- ;`.
 */
export function migrationParts(text: string, cluster: Cluster | null): string[] {
  return statementParts(text).map(part =>
    part
      .replace(':on_cluster', cluster ? `on cluster '${cluster.name}'` : '')
      .replace(/:engine\(((?:[^()]|\([^()]*\))*)\)/, (_, engine: string) =>
        cluster ? engine.replace(/^(\w*MergeTree)/, 'Replicated$1') : engine,
      )
      .trim(),
  )
}

/** The statements of a file that holds several. */
export function statementParts(text: string): string[] {
  return text.split(/^-- ;\s*$/m).filter(part => part.replace(/^\s*--.*$/gm, '').trim() !== '')
}
