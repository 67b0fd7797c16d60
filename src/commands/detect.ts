import { setTimeout as delay } from 'node:timers/promises'
import type { App } from '../app.ts'
import { Fault } from '../domain/fault.ts'
import { regimeThresholds } from '../domain/regime.ts'
import { type Instant, parseInstant } from '../domain/window.ts'
import type { TickReport } from '../pipeline.ts'
import { createProgress } from '../terminal/progress.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { openForCommand } from './open.ts'
import { overviewJson, readOverview } from './overview.ts'
import { overviewText } from './overview-text.ts'

/** `flopwatch detect`: all stages up to an instant, then what they found. */

export interface DetectOptions extends GlobalOptions {
  readonly asOf?: string
}

export async function detectCommand(
  context: CommandContext,
  options: DetectOptions,
): Promise<void> {
  const asOf = readInstant(options.asOf, '--as-of') ?? context.clock.now()
  const app = await openForCommand(context, options)
  try {
    await tickWithProgress(context, app, asOf)
    await printOverview(context, app, asOf, options.json === true)
  } finally {
    await app.close()
  }
}

/** How long a command waits for the tick of another process, and how often it looks. */
const WAIT_S = 600
const LOOK_S = 1

/** One full tick with a bar over the stages, once it is the turn of this process. */
export async function tickWithProgress(
  context: CommandContext,
  app: App,
  asOf: Instant,
): Promise<TickReport> {
  const order = ['meter', 'derive', 'detect', 'attribute', 'triage']
  const progress = createProgress(context.stderr, 'Stages', order.length, 'stages')
  try {
    let why = ''
    for (let waited_s = 0; waited_s < WAIT_S; waited_s += LOOK_S) {
      const outcome = await app.pipeline.tick(asOf, true, stage =>
        progress.at(order.indexOf(stage)),
      )
      progress.at(order.length)
      if (outcome.done) return outcome
      why = outcome.why
      await delay(LOOK_S * 1000)
    }
    throw new Fault('STORE_UNAVAILABLE', `no turn to tick within ${WAIT_S} s: ${why}`)
  } finally {
    progress.finish()
  }
}

export async function printOverview(
  context: CommandContext,
  app: App,
  asOf: Instant,
  json: boolean,
): Promise<void> {
  const rows = await readOverview(app.store, asOf)
  const rules = app.triageRules
  if (json) {
    printLine(context, JSON.stringify(overviewJson(rows, asOf, rules), null, 2))
    return
  }
  const limits = regimeThresholds(app.regime, '').thresholds
  const limit = limits['training_operations']?.value
  const threshold = limit === undefined ? null : Number(limit)
  printLine(context, overviewText(rows, { asOf, threshold, rules, banner: app.regime.banner }))
}

export function readInstant(text: string | undefined, option: string): Instant | null {
  if (text === undefined) return null
  const at = parseInstant(text)
  if (at === null) {
    throw new Fault(
      'USAGE',
      `${option} "${text}" is not a time; write it like 2026-10-31T00:00:00Z`,
    )
  }
  return at
}
