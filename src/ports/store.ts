import type { QueryName, QueryParams, QueryRow } from './queries/registry.ts'
import type { Stage } from './stage.ts'

/** A value as the store takes it. Instants go as `toSqlTime` text, wide integers as decimal text. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | readonly Cell[]
  | { readonly [k: string]: Cell }

/** One row by column name. Columns that are left out take the table's default. */
export type Row = { readonly [column: string]: Cell }

/** One number the engine is asked for by name; `sql/` holds the text, the registry the types. */
export interface Store {
  /**
   * Appends rows durably: when the promise resolves, a crash loses none of them. All rows of a
   * call have the same columns. Idempotent by the table's key, never by content.
   */
  append(table: string, rows: readonly Row[]): Promise<void>
  /** Appends rows already written by `tabLine` in the order of `columns`. */
  appendLines(table: string, columns: readonly string[], lines: Iterable<string>): Promise<void>
  /** Runs `sql/**\/<name>.sql` and checks every row against the registry. */
  query<N extends QueryName>(name: N, params: QueryParams<N>): Promise<QueryRow<N>[]>
  /** Runs a statement without result (insert-select) from `sql/queries/<name>.sql`. */
  execute<N extends QueryName>(name: N, params: QueryParams<N>): Promise<void>
  /** Runs the query of a detector folder; rows come unchecked, the detect stage checks them. */
  queryDetector(id: string, params: Row): Promise<unknown[]>
  /** A place for one part of a delivery; waits while all are taken. */
  stage(): Promise<Stage>
  close(): Promise<void>
}
