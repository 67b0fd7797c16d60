import { connect } from '../../src/adapters/clickhouse/connect.ts'
import { openInput } from '../../src/adapters/files/open-input.ts'
import { openApp } from '../../src/app.ts'
import { ingestFiles } from '../../src/commands/ingest-files.ts'
import { HOUR_MS } from '../../src/domain/window.ts'
import { numbersOnly, OUTCOMES, SILENT } from './app-bench.ts'
import { HOUR } from './meter-bench.ts'
import { projectFolder } from './store.ts'

/**
 * A process to be killed: `node ingest-child.ts FOLDER SITE_FILE FILE`. Opens the store, says so,
 * ingests the file, rebuilds hours and runs, and sends what came out.
 */

const [folder = '', siteFile = '', file = ''] = process.argv.slice(2)
const app = await openApp({
  projectFolder,
  siteFile,
  environment: {},
  flags: { data: folder },
  clock: { now: Date.now },
  logger: SILENT,
})
process.send?.('opened')
const results = await ingestFiles(app.intake, { open: openInput }, [file], {
  stream: 'telemetry.accelerator',
  replace_period: false,
})
await numbersOnly(app).tick(HOUR + 1000 * HOUR_MS, false)
const own = await connect({ kind: 'embedded', path: folder })
const outcome: Record<string, string> = {}
for (const [name, query] of Object.entries(OUTCOMES)) {
  const result = await own.writer.query({ query, format: 'JSONEachRow' })
  outcome[name] = await result.text()
}
const ending = { receipt: results[0]?.receipt, outcome }
await new Promise(sent => process.send?.(ending, sent))
await own.close()
await app.close()
process.disconnect?.()
