/** What a running product says about its ticks at `/metrics`. */
export interface TickMetrics {
  readonly count: number
  readonly mean_s: number
  /** Mean seconds of each stage in a tick. */
  readonly stages: Readonly<Record<string, number>>
}

export async function readTicks(url: string): Promise<TickMetrics> {
  const answer = await fetch(`${url}/metrics`)
  const text = await answer.text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  const count = value('flopwatch_tick_seconds_count')
  const sums = [...text.matchAll(/^flopwatch_stage_seconds_sum\{stage="(\w+)"\} (\S+)$/gm)]
  const perTick = (sum: number) => (count === 0 ? 0 : sum / count)
  return {
    count,
    mean_s: perTick(value('flopwatch_tick_seconds_sum')),
    stages: Object.fromEntries(sums.map(([, stage = '', sum]) => [stage, perTick(Number(sum))])),
  }
}

/** Samples that a running product has accepted. */
export async function readAccepted(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`)
  const line =
    /^flopwatch_ingest_records_total\{stream="telemetry.accelerator",outcome="accepted"\} (\S+)$/m
  return Number(line.exec(await answer.text())?.[1] ?? 0)
}
