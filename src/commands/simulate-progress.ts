import { createProgress, type Progress } from '../terminal/progress.ts'
import type { CommandContext } from './context.ts'
import { type SimulateArguments, simulateCommand } from './simulate.ts'

export type SimulateOptions = Omit<SimulateArguments, 'scenario'>

/** `flopwatch simulate` with a bar for each stream. */
export async function simulateWithProgress(
  context: CommandContext,
  options: SimulateOptions,
  scenario: string,
): Promise<Awaited<ReturnType<typeof simulateCommand>>> {
  let current: { stream: string; bar: Progress } | null = null
  const { seed, out, days, until, gzip } = options
  const given = { seed, out, days, until, gzip }
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  )
  const fleet = await simulateCommand(context, { scenario, ...present }, (stream, lines, total) => {
    if (current?.stream !== stream) {
      current?.bar.finish()
      current = { stream, bar: createProgress(context.stderr, stream, total, 'records') }
    }
    current.bar.at(lines, Math.max(lines, total))
  })
  const last: { bar: Progress } | null = current
  finish(last)
  return fleet
}

function finish(last: { bar: Progress } | null): void {
  last?.bar.finish()
}
