import { join } from 'node:path'
import { z } from 'zod'
import { floorDay } from '../../domain/window.ts'
import { runPart } from '../child.ts'
import type { BenchContext } from '../context.ts'
import { type Figure, type SectionResult, spread } from '../figures.ts'
import { HISTORY } from '../history.ts'

/**
 * What a tick costs when one hour is dirty and the past is 1, 10 and 100 times as long. Rounds go
 * through the pasts in turn, each in a process of its own over a store that stays.
 */

const DAYS = 4
const FACTORS = [1, 10, 100] as const
/** Ticks of a process; the first one reads cold and is left out. */
const TICKS = 3

const built = z.object({ rows: z.number() })
const timed = z.object({ ticks: z.array(z.record(z.string(), z.number())) })

type Tick = Readonly<Record<string, number>>

export async function benchTick(bench: BenchContext): Promise<SectionResult> {
  const end = floorDay(bench.clock.now())
  const pasts = []
  for (const [index, factor] of FACTORS.entries()) {
    bench.progress('Tick, building pasts', index, FACTORS.length)
    const past = { data: join(bench.folder, `past-${factor}`), days: DAYS * factor, end }
    const { rows } = built.parse(await runPart(bench, { part: 'build-history', ...past }))
    pasts.push({ factor, past, rows, ticks: [] as Tick[] })
  }
  bench.progress('Tick, building pasts', FACTORS.length, FACTORS.length)
  for (let round = 0; round < bench.options.rounds; round += 1) {
    bench.progress('Tick', round, bench.options.rounds)
    for (const { past, ticks } of pasts) {
      const revision = 1 + round * TICKS
      const part = { part: 'time-ticks', ...past, ticks: TICKS, revision } as const
      ticks.push(...timed.parse(await runPart(bench, part)).ticks.slice(1))
    }
  }
  bench.progress('Tick', bench.options.rounds, bench.options.rounds)
  return { figures: figuresOf(pasts), skipped: null }
}

interface TimedPast {
  readonly factor: number
  readonly past: { readonly days: number }
  readonly rows: number
  readonly ticks: readonly Tick[]
}

function figuresOf(pasts: readonly TimedPast[]): Figure[] {
  const [shortest] = pasts
  const unit = spread((shortest?.ticks ?? []).map(tick => tick['total'] ?? 0)).median
  return pasts.flatMap(({ factor, past, rows, ticks }) => {
    const basis = { ...HISTORY, days: past.days, rows }
    const figure = (what: string, unitName: string, of: (tick: Tick) => number): Figure => ({
      section: 'tick',
      what: `${what}, ${factor}× past`,
      unit: unitName,
      value: spread(ticks.map(of)),
      rounds: ticks.length,
      basis,
    })
    const stages = Object.keys(ticks[0] ?? {}).filter(stage => stage !== 'total')
    return [
      figure('tick over one dirty hour', 'ms', tick => tick['total'] ?? 0),
      figure('the same / with 1× past', 'ratio', tick => (tick['total'] ?? 0) / unit),
      ...stages.map(stage => figure(`of it ${stage}`, 'ms', tick => tick[stage] ?? 0)),
    ]
  })
}
