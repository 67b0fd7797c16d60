import type { Instant } from '../../domain/window.ts'

/**
 * Statements that are appended and never overwritten: identity and commitments. A statement is a
 * duplicate when the same content is on record for the same instant of recording, or on record at
 * all where the sender named no such instant.
 */
export interface Statement {
  /** What it is about: kind, subject, validity; or commitment and revision. */
  readonly name: string
  readonly hash: bigint
  /** As sent; null when the sender did not say, and then the time of arrival is stored. */
  readonly recorded_at: Instant | null
  readonly time: Instant
  readonly line: string
}

export interface StoredStatement {
  readonly name: string
  readonly hash: bigint
  readonly recorded_at: Instant
}

export function settleStatements<S extends Statement>(
  statements: readonly S[],
  stored: readonly StoredStatement[],
) {
  const exact = new Set<string>()
  const anyTime = new Set<string>()
  const names = new Set<string>()
  const note = ({ name, hash }: { name: string; hash: bigint }, at: Instant): void => {
    exact.add(`${name} ${hash} ${at}`)
    anyTime.add(`${name} ${hash}`)
    names.add(name)
  }
  for (const row of stored) note(row, row.recorded_at)
  const counts = { accepted: 0, duplicates: 0, revised: 0 }
  const fresh: S[] = []
  for (const statement of statements) {
    const { name, hash, recorded_at } = statement
    const known =
      recorded_at === null
        ? anyTime.has(`${name} ${hash}`)
        : exact.has(`${name} ${hash} ${recorded_at}`)
    if (known) {
      counts.duplicates += 1
      continue
    }
    counts.accepted += 1
    if (names.has(name)) counts.revised += 1
    note(statement, statement.time)
    fresh.push(statement)
  }
  return { counts, fresh }
}
