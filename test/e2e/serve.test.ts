import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY_MS, formatInstant, HOUR_MS } from '../../src/domain/window.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { flopwatch, type Serving, startServing } from '../support/command.ts'

/** The server as its operator runs it: a real process, killed, restarted and asked over HTTP. */

const PATIENCE = { timeout: 45_000, interval: 100 }
const TOKEN = 'token-of-the-end-to-end-test'

let folder: string
let site: string
const at = (name: string): string => join(folder, name)

/** Two days up to yesterday, so that the window that lists show by default holds them for good. */
const until = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - DAY_MS
const bodies = simulate('foreign-shell', { seed: 1, until, days: 2 }).streams.map(stream => ({
  path: `/v1/${stream.name.replace('.', '/')}`,
  lines: [...stream.lines],
}))

async function post(
  url: string,
  { path, lines }: { readonly path: string; readonly lines: readonly string[] },
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const headers = { 'content-type': 'application/x-ndjson' }
  const response = await fetch(url + path, { method: 'POST', headers, body: lines.join('\n') })
  return { status: response.status, answer: await response.json() }
}

async function get(url: string, path: string, token = '') {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(url + path, { headers })
  return { status: response.status, text: await response.text() }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-serve-'))
  site = at('site.yaml')
  await writeFile(site, 'detect:\n  tick_s: 0.2\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('one data folder through a crash', () => {
  let serving: Serving
  afterAll(() => serving.end('SIGKILL'))

  test('answers for its health, takes every stream, and says 202 only for what is durable', async () => {
    serving = await startServing(['serve', '--data', at('store'), '--roles', 'ingest,api'])
    const { url } = serving
    expect(await get(url, '/healthz')).toMatchObject({ status: 200 })
    expect(await get(url, '/readyz')).toMatchObject({ status: 200 })
    expect(bodies.map(({ path }) => path).sort()).toEqual([
      '/v1/identity/access',
      '/v1/identity/account',
      '/v1/identity/list',
      '/v1/identity/ownership',
      '/v1/identity/party',
      '/v1/telemetry/accelerator',
      '/v1/telemetry/billing',
      '/v1/telemetry/commitment',
    ])
    for (const body of bodies) {
      const sent = await post(url, body)
      const accepted = body.lines.length
      expect(sent, body.path).toMatchObject({
        status: 202,
        answer: { accepted, duplicates: 0, quarantined: 0, batch_id: expect.any(String) },
      })
    }
    await serving.end('SIGKILL')
  })

  test('after kill -9 it has all that it acknowledged: sent again, every record is a duplicate', async () => {
    serving = await startServing(['serve', '--data', at('store'), '--config', site])
    for (const body of bodies) {
      const { answer } = await post(serving.url, body)
      expect(answer, body.path).toMatchObject({ accepted: 0, duplicates: body.lines.length })
    }
  })

  test('its ticks find the training, and the first page shows who it was', async () => {
    const { url } = serving
    const runs = async () => JSON.parse((await get(url, '/v1/runs')).text).items
    await expect.poll(runs, PATIENCE).not.toEqual([])
    for (const run of await runs()) {
      expect(run).toMatchObject({ tenant_id: 'acct-larkspur', chips: ['nvidia-gb200'] })
      expect(run.end <= formatInstant(until)).toBe(true)
    }
    const page = async () => (await get(url, '/')).text
    await expect.poll(page, PATIENCE).toContain('acct-larkspur')
    expect(await page()).toContain('NOT IN FORCE')
  })

  test('a malformed record goes to quarantine, where it can be read; a malformed body is 400', async () => {
    const { url } = serving
    const path = '/v1/telemetry/accelerator'
    const record = await post(url, { path, lines: ['{"device_id":"only"}'] })
    expect(record).toMatchObject({ status: 202, answer: { accepted: 0, quarantined: 1 } })
    const { items } = JSON.parse((await get(url, '/v1/quarantine')).text)
    expect(Buffer.from(items[0].raw_base64, 'base64').toString()).toBe('{"device_id":"only"}')
    expect(await post(url, { path, lines: [] })).toMatchObject({
      status: 400,
      answer: { error: 'BODY_MALFORMED', position: { byte: 0, line: 1 } },
    })
  })

  test('the data folder is its own: another process is told to stay away', async () => {
    const { code, stderr } = await flopwatch(['detect', '--data', at('store')])
    expect(code).toBe(1)
    expect(stderr).toContain(`flopwatch: the data directory ${at('store')} cannot be opened. Stop`)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('describes itself and its work', async () => {
    const { url } = serving
    const { paths } = JSON.parse((await get(url, '/openapi.json')).text)
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(bodies.map(({ path }) => path)))
    expect((await get(url, '/metrics')).text).toMatch(/^flopwatch_\w+(\{[^}]*\})? \d/m)
  })

  test('SIGTERM ends it cleanly within ten seconds', async () => {
    const { code, seconds } = await serving.end('SIGTERM')
    expect(code).toBe(0)
    expect(seconds).toBeLessThan(10)
  })
})

describe('beyond loopback', () => {
  const anywhere = ['serve', '--host', '0.0.0.0', '--roles', 'api']

  test('without tokens it refuses to start and says what to set', async () => {
    const { code, stdout, stderr } = await flopwatch([...anywhere, '--data', at('open')])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^flopwatch: will not listen on 0\.0\.0\.0 .*FLOPWATCH_TOKENS.*\.\n$/)
  })

  test('with tokens it answers those who carry one; only its health is public', async () => {
    const env = { FLOPWATCH_TOKENS: TOKEN }
    const serving = await startServing([...anywhere, '--data', at('open')], { env })
    try {
      const { url } = serving
      const status = async (path: string, token?: string) => (await get(url, path, token)).status
      expect(await Promise.all(['/healthz', '/readyz'].map(path => status(path)))).toEqual([
        200, 200,
      ])
      for (const path of ['/', '/v1/runs', '/metrics', '/openapi.json', '/no-such-page']) {
        expect(await status(path), path).toBe(401)
      }
      expect(await status('/v1/runs', `${TOKEN}x`)).toBe(401)
      expect(await status('/v1/runs', TOKEN)).toBe(200)
      expect(serving.printed()).not.toContain(TOKEN)
    } finally {
      // Ctrl-C is as good as SIGTERM.
      expect(await serving.end('SIGINT')).toMatchObject({ code: 0 })
    }
  })
})

test('a port that is taken is told in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  try {
    const { port } = other.address() as AddressInfo
    const words = ['serve', '--data', at('open'), '--roles', 'api', '--port', String(port)]
    const { code, stdout, stderr } = await flopwatch(words)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `flopwatch: cannot listen on 127.0.0.1:${port} (EADDRINUSE). ` +
        'Choose another with --host and --port, or stop what listens there.\n',
    )
  } finally {
    other.close()
  }
})
