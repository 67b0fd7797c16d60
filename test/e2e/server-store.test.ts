import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, flopwatch, startServing } from '../support/command.ts'
import { openEngine, type TestEngine } from '../support/engines.ts'
import { projectFolder } from '../support/store.ts'

/**
 * The production image: no embedded engine installed, a ClickHouse server at CLICKHOUSE_URL. The
 * package is hidden from the process, so whatever would load it fails here as it would there.
 */

const node = ['--import', join(projectFolder, 'test/support/without-embedded-engine.ts')]
const TRAINER = 'acct-prairie-lattice'

let folder: string
let server: TestEngine
const bare = (...words: string[]): Promise<Ended> => flopwatch(words, { node })
const onServer = (...words: string[]): Promise<Ended> => flopwatch(words, { node, env: location() })

/** Variables that lead a command to the server's database. */
function location(): Record<string, string> {
  if (server.engine.kind !== 'server') throw new Error('the engine is no server')
  const { url, database, user, password } = server.engine
  return {
    CLICKHOUSE_URL: url,
    CLICKHOUSE_DATABASE: database,
    CLICKHOUSE_USER: user,
    CLICKHOUSE_PASSWORD: password,
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-bare-'))
  server = await openEngine('server')
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test('without a server either, it says in one sentence what to install or to set', async () => {
  const { code, stdout, stderr } = await bare('migrate', '--data', join(folder, 'store'))
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^flopwatch: the embedded engine is not installed: .*CLICKHOUSE_URL.*\n$/)
})

test('check looks at everything but the fixtures, which need the engine, and says so', async () => {
  const { code, stdout } = await onServer('check')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'detector fixtures were not run: the embedded engine is not installed\nall checks passed\n',
  })
})

test('simulate, ingest, detect and report work over the network alone', async () => {
  const out = join(folder, 'small')
  expect(await bare('simulate', 'small', '--days', '0.04', '--out', out)).toMatchObject({ code: 0 })
  const names = (await readdir(out)).filter(name => name.endsWith('.ndjson'))
  const paths = names.map(name => join(out, name))
  const ingested = await onServer('ingest', '--json', ...paths)
  expect(ingested).toMatchObject({ code: 0, stderr: '' })
  // An hour of 32 devices every ten seconds is 11,520 samples.
  const { files } = JSON.parse(ingested.stdout)
  expect(files).toContainEqual(
    expect.objectContaining({ stream: 'telemetry.accelerator', accepted: 11_520 }),
  )
  const detected = await onServer('detect', '--as-of', '2026-10-31T00:00:00Z', '--json')
  expect(detected.code).toBe(0)
  const { tenants } = JSON.parse(detected.stdout)
  expect(tenants).toContainEqual(
    expect.objectContaining({
      tenant_id: TRAINER,
      device_hours: { observed: 16, billed: 16, dark: 0 },
    }),
  )
  const reported = await onServer('report', '--out', join(folder, 'reports'))
  expect(reported).toMatchObject({ code: 0, stdout: expect.stringContaining('No case is open') })
})

test('serve answers from the server and ends on SIGTERM', async () => {
  const serving = await startServing(['serve'], { node, env: location() })
  try {
    const ready = await fetch(`${serving.url}/readyz`)
    expect(ready.status).toBe(200)
  } finally {
    expect(await serving.end('SIGTERM')).toMatchObject({ code: 0 })
  }
})
