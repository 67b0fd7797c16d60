import { Readable } from 'node:stream'
import { type App, openApp } from '../../app.ts'
import type { DeliveryKind } from '../../domain/streams.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../domain/window.ts'
import { TURN_MS } from '../../stages/detect/rota.ts'
import type { PartContext } from '../context.ts'
import {
  hourSamples,
  lastHour,
  type Past,
  pastBills,
  pastIdentity,
  pastSamples,
} from '../history.ts'
import { inBlocks } from '../sample-lines.ts'

/** Builds the past by the product itself: what it leaves behind is what a real one would. */
export async function buildHistory(
  context: PartContext,
  { data, ...past }: Past & { readonly data: string },
): Promise<{ readonly rows: number }> {
  const app = await open(context, data)
  try {
    const since = past.end - past.days * DAY_MS - DAY_MS
    await send(app, 'identity.party', pastIdentity('party', since))
    await send(app, 'identity.account', pastIdentity('account', since))
    await send(app, 'telemetry.billing', pastBills(past))
    const rows = await send(app, 'telemetry.accelerator', pastSamples(past))
    await app.pipeline.tick(past.end, true)
    return { rows }
  } finally {
    await app.close()
  }
}

/** Milliseconds of each stage in each tick, after the samples of the last hour came in again. */
export async function timeTicks(
  context: PartContext,
  { data, ticks, revision, ...past }: Past & { data: string; ticks: number; revision: number },
): Promise<{ readonly ticks: readonly Readonly<Record<string, number>>[] }> {
  const app = await open(context, data)
  try {
    const timed: Record<string, number>[] = []
    for (let tick = 0; tick < ticks; tick += 1) {
      await send(app, 'telemetry.accelerator', hourSamples(lastHour(past), 1, revision + tick))
      // In the last hour of the past, and so far apart that each asks a rule that has its turn.
      timed.push(await timeTick(app, past.end - HOUR_MS / 2 + tick * TURN_MS))
    }
    return { ticks: timed }
  } finally {
    await app.close()
  }
}

async function timeTick(app: App, until: Instant): Promise<Record<string, number>> {
  const spent: Record<string, number> = {}
  const begun = performance.now()
  let since = begun
  let stage = 'begin'
  const next = (name: string): void => {
    const now = performance.now()
    spent[stage] = (spent[stage] ?? 0) + now - since
    since = now
    stage = name
  }
  await app.pipeline.tick(until, false, next)
  next('end')
  return { ...spent, total: performance.now() - begun }
}

function open(context: PartContext, data: string): Promise<App> {
  return openApp({ ...context, siteFile: null, flags: { data } })
}

/** Records through the intake; answers how many were accepted. */
async function send(app: App, kind: DeliveryKind, lines: Iterable<string>): Promise<number> {
  const { receipt, fault } = await app.intake.receive(
    kind,
    Readable.from(inBlocks(lines), { objectMode: false }),
    {
      name: 'bench',
      format: 'ndjson',
      replace_period: false,
      body_bytes_max: null,
    },
  )
  if (fault) throw fault
  if (receipt.quarantined > 0)
    throw new Error(`${receipt.quarantined} records of ${kind} were refused`)
  return receipt.accepted
}
