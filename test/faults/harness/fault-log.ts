import { formatTable } from '../../../src/terminal/table.ts'

/** What was done when, for whoever has to understand a failure. */
export interface FaultLog {
  note(text: string): void
  injected(kind: string, hold_s: number): void
  faults(): number
  kinds(): number
  text(): string
  /** Faults by kind. */
  table(): string
}

export function openFaultLog(say: (text: string) => void): FaultLog {
  const lines: string[] = []
  const counts = new Map<string, number>()
  const start = performance.now()
  const note = (text: string): void => {
    const line = `${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${text}`
    lines.push(line)
    say(line)
  }
  const faults = (): number => [...counts.values()].reduce((sum, count) => sum + count, 0)
  return {
    note,
    injected(kind, hold_s) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      note(`${kind}: injected, for ${hold_s.toFixed(1)} s`)
    },
    faults,
    kinds: () => counts.size,
    text: () => lines.join('\n'),
    table: () =>
      formatTable(
        [{ name: 'fault' }, { name: 'injected', align: 'right' }],
        [
          ...[...counts].sort().map(([kind, count]) => [kind, String(count)]),
          ['in all', String(faults())],
        ],
      ),
  }
}
