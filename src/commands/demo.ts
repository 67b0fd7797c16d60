import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openInput } from '../adapters/files/open-input.ts'
import type { App } from '../app.ts'
import { Fault } from '../domain/fault.ts'
import type { DeliveryKind } from '../domain/streams.ts'
import { formatInstant } from '../domain/window.ts'
import { checkBind, loadSettings } from '../settings.ts'
import { createProgress } from '../terminal/progress.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { printOverview, readInstant, tickWithProgress } from './detect.ts'
import { openForCommand, settingsSource } from './open.ts'
import { reportTable, writeReports } from './report.ts'
import { serveUntilStopped } from './serve.ts'
import { simulateWithProgress } from './simulate-progress.ts'

/** `flopwatch demo`: simulate → ingest → detect → report → serve, in one go. */

export interface DemoOptions extends GlobalOptions {
  readonly out?: string
  readonly seed?: string
  readonly days?: string
  readonly host?: string
  readonly port?: string
  /** Commander spells `--no-serve` this way. */
  readonly serve?: boolean
}

const UNTIL = '2026-10-31T00:00:00Z'
/** Identity comes first, so that nothing is judged without it. */
const ORDER: readonly DeliveryKind[] = [
  'identity.party',
  'identity.ownership',
  'identity.account',
  'identity.access',
  'identity.list',
  'telemetry.commitment',
  'telemetry.billing',
  'telemetry.accelerator',
]

export async function demoCommand(context: CommandContext, options: DemoOptions): Promise<void> {
  const started = context.clock.now()
  const { host, port } = options
  if (options.serve !== false) {
    // Told now, not after everything else is done.
    const source = settingsSource(context, options)
    checkBind(loadSettings({ ...source, flags: { ...source.flags, host, port } }).settings.http)
  }
  const out = options.out ?? join('out', 'demo')
  const streams = join(out, 'streams')
  const data = join(out, 'store')
  await rm(out, { recursive: true, force: true })
  title(
    context,
    `1/4 Simulate a cloud: ${options.days ?? '60'} days, its tenants, their owners and their bills`,
  )
  const { seed, days } = options
  const given = { ...(seed === undefined ? {} : { seed }), ...(days === undefined ? {} : { days }) }
  const fleet = await simulateWithProgress(
    context,
    { ...given, out: streams, until: UNTIL },
    'demo',
  )
  const app = await openForCommand(context, { ...options, data }, { host, port })
  try {
    title(context, '2/4 Ingest: every sample counted once')
    await ingestStreams(context, app, streams, new Set(fleet.files.map(file => file.path)))
    title(context, '3/4 Detect: hours, runs, findings, who is behind them, cases')
    const asOf = readInstant(UNTIL, 'the end of the simulation')
    if (asOf === null) throw new Fault('USAGE', 'the simulation has no end')
    await tickWithProgress(context, app, asOf)
    await printOverview(context, app, asOf, false)
    title(context, '4/4 Report packages')
    const written = await writeReports(app, { out: join(out, 'reports') })
    printLine(context, reportTable(app, written))
    const seconds = (context.clock.now() - started) / 1000
    printLine(
      context,
      `\nThe whole took ${seconds.toFixed(0)} s; what really happened: ${join(streams, 'truth.json')}`,
    )
    if (options.serve === false) return
    printLine(
      context,
      `The pages show the cloud as of ${formatInstant(asOf)}; time stands still in the demo.`,
    )
    // The pages count days to a deadline from the end of the simulation, not from today.
    await serveUntilStopped(context, { ...app, clock: { now: () => asOf } }, ['ingest', 'api'])
  } finally {
    await app.close()
  }
}

async function ingestStreams(
  context: CommandContext,
  app: App,
  folder: string,
  written: ReadonlySet<string>,
): Promise<void> {
  for (const kind of ORDER) {
    const path = join(folder, `${kind}.ndjson`)
    if (!written.has(path)) continue
    const { bytes, bytes_total } = await openInput(path)
    const bar = createProgress(context.stderr, kind, (bytes_total ?? 0) / 1e6, 'MB')
    const source = {
      name: `file:${path}`,
      format: 'auto',
      replace_period: false,
      body_bytes_max: null,
    } as const
    const { receipt, fault } = await app.intake.receive(kind, bytes, source, seen =>
      bar.at(seen.bytes / 1e6),
    )
    bar.finish()
    if (fault) throw fault
    const { accepted, duplicates, quarantined } = receipt
    const count = (value: number, word: string) =>
      `${value.toLocaleString('en').padStart(9)} ${word}`
    printLine(
      context,
      `${kind.padEnd(24)} ${count(accepted, 'accepted')} ${count(duplicates, 'duplicates')} ${count(quarantined, 'quarantined')}`,
    )
  }
}

function title(context: CommandContext, text: string): void {
  printLine(context, `\n${text}\n${'─'.repeat(text.length)}`)
}
