import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Serving, startServing } from '../support/command.ts'
import { type Front, startFront } from '../support/front-process.ts'

/** SIGTERM in the middle of work: the process ends by itself with 0 and loses nothing it confirmed. */

const PATIENCE = { timeout: 30_000, interval: 20 }
const PATH = '/v1/telemetry/accelerator'

let folder: string
let site: string
let serving: Serving | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-shutdown-'))
  site = join(folder, 'site.yaml')
  // One body at a time: that another is turned away tells that the first is being read.
  await writeFile(site, 'ingest:\n  bodies_max: 1\ndetect:\n  tick_s: 0.1\n')
})
afterEach(() => serving?.end('SIGKILL'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const sample = (minute: number): string =>
  `${JSON.stringify({
    time: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    interval_s: 60,
    device_id: 'd1',
    tenant_id: 'ann',
    accelerator: 'NVIDIA H100 80GB HBM3',
    tensor_active: 0.5,
  })}\n`

/** Begins a body and returns once the server reads it. */
async function beginBody(url: string): Promise<ClientRequest> {
  const headers = { 'content-type': 'application/x-ndjson' }
  const body = request(url + PATH, { method: 'POST', headers })
  body.on('error', () => null)
  body.write(sample(1))
  const another = async () => (await fetch(url + PATH, { method: 'POST', body: '' })).status
  await expect.poll(another, PATIENCE).toBe(503)
  return body
}

/** Sends the signal and returns once nothing new is let in. */
async function signalled({ url, child }: Serving): Promise<void> {
  child.kill('SIGTERM')
  const refused = () =>
    fetch(`${url}/healthz`).then(
      answer => answer.status !== 200,
      () => true,
    )
  await expect.poll(refused, PATIENCE).toBe(true)
}

test('a body under way is taken in whole and answered; then the process ends with 0', async () => {
  serving = await startServing(['serve', '--data', join(folder, 'a'), '--config', site])
  const body = await beginBody(serving.url)
  const answered = once(body, 'response') as Promise<[IncomingMessage]>
  await signalled(serving)
  body.end(sample(2))
  const [response] = await answered
  expect(response.statusCode).toBe(202)
  expect(response.headers.connection).toBe('close')
  expect(await json(response)).toMatchObject({ accepted: 2 })
  if (serving.child.exitCode === null) await once(serving.child, 'exit')
  expect(serving.child.exitCode).toBe(0)
})

test('a body that never ends and a tick that hangs are cut, and it ends with 0 all the same', async () => {
  const front: Front = await startFront(join(folder, 'front'))
  try {
    const env = { CLICKHOUSE_URL: front.url }
    // The first statement of a tick gets no answer, ever.
    await front.fail({ kind: 'hang', match: 'from ticks', times: 1 })
    serving = await startServing(['serve', '--config', site], { env })
    await beginBody(serving.url)
    await signalled(serving)
    if (serving.child.exitCode === null) await once(serving.child, 'exit')
    expect(serving.child.exitCode).toBe(0)
    expect(serving.printed()).toContain('"cut":["bodies","tick"]')
    // What had no answer is sent again, to a process that starts over the same store.
    serving = await startServing(['serve', '--config', site], { env })
    const again = await fetch(serving.url + PATH, { method: 'POST', body: sample(1) + sample(2) })
    expect(await again.json()).toMatchObject({ accepted: 2, duplicates: 0, quarantined: 0 })
    expect(await serving.end('SIGTERM')).toMatchObject({ code: 0 })
  } finally {
    await front.kill()
  }
})
