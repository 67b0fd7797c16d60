import type { StageQueryName, StageQueryParams, StageQueryRow } from './queries/stage.ts'

/**
 * A place where one part of a delivery lies before it is settled: tables of one connection that
 * nobody else sees and that are gone with it. Statements run one after the other. Whatever is lost
 * on the way (a restart, a balancer that leads elsewhere) is STORE_UNAVAILABLE: the part is sent
 * again.
 */
export interface Stage {
  /**
   * Runs a statement over lines of text, each ended by a line feed: pieces of whole lines, joined.
   */
  executeLines<N extends StageQueryName>(
    name: N,
    params: StageQueryParams<N>,
    pieces: readonly Uint8Array[],
  ): Promise<void>
  /** Appends rows already written by `tabLine` in the order of `columns`. */
  appendLines(table: string, columns: readonly string[], lines: Iterable<string>): Promise<void>
  query<N extends StageQueryName>(name: N, params: StageQueryParams<N>): Promise<StageQueryRow<N>[]>
  execute<N extends StageQueryName>(name: N, params: StageQueryParams<N>): Promise<void>
  /** Gives it back; to be called exactly once. */
  release(): void
}
