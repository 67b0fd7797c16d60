import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { INGEST_DEFAULTS } from '../../../../src/domain/ingest-settings.ts'
import { registerApiRoutes } from '../../../../src/http/api-route.ts'
import { ingestRoutes } from '../../../../src/http/routes/ingest.ts'
import { quarantineRoutes } from '../../../../src/http/routes/quarantine.ts'
import { ndjson, testIntake } from '../../../support/intake.ts'
import { openProbeStore } from '../../../support/probe-store.ts'
import { fakeClock } from '../../../support/store.ts'

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openProbeStore(
  { samples: 'select device_id, power_w from samples final order by device_id' },
  clock,
)
const settings = { ...INGEST_DEFAULTS, bodies_max: 1, body_bytes_max: 20_000_000 }
const app = fastify()
const { intake } = testIntake(opened.store, clock, settings)
await app.register(ingestRoutes({ intake, settings }))
registerApiRoutes(app, quarantineRoutes({ store: opened.store, clock }))
afterAll(async () => {
  await app.close()
  await opened.close()
})
beforeEach(() => opened.clear('samples', 'quarantine', 'hour_marks', 'batches'))

const PATH = '/v1/telemetry/accelerator'

const sample = (device: string, fields: object = {}): Record<string, unknown> => ({
  time: '2026-01-01T10:00:00Z',
  interval_s: 10,
  device_id: device,
  tenant_id: 'acme',
  accelerator: 'h100',
  ...fields,
})

async function post(payload: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await app.inject({ method: 'POST', url: PATH, payload, headers })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

/** The reasons of the records in quarantine, oldest place first. */
async function reasons(): Promise<string[]> {
  clock.set(clock.now() + 1)
  const answer = await app.inject({ url: '/v1/quarantine' })
  const { items } = answer.json<{ items: { reason: string; position: number }[] }>()
  return items.sort((a, b) => a.position - b.position).map(item => item.reason)
}

const storedDevices = async () =>
  (await opened.probe('samples')).map(row => Reflect.get(Object(row), 'device_id'))

test('202 once the rows are durable, whatever the form and the packing', async () => {
  const bodies: [string | Buffer, Record<string, string>][] = [
    [JSON.stringify(sample('a')), { 'content-type': 'application/json' }],
    [JSON.stringify([sample('b'), sample('c')]), {}],
    [ndjson([sample('d')]), { 'content-type': 'application/x-ndjson' }],
    [gzipSync(ndjson([sample('e')])), { 'content-encoding': 'gzip' }],
  ]
  for (const [body, headers] of bodies) expect((await post(body, headers)).status).toBe(202)
  expect(await storedDevices()).toEqual(['a', 'b', 'c', 'd', 'e'])
  const { body } = await post(JSON.stringify(sample('a')))
  expect(body).toMatchObject({ accepted: 0, duplicates: 1, quarantined: 0 })
  expect(body.batch_id).toMatch(/^bat-[0-9a-f]{16}$/)
})

describe('malformed bodies are 400 with the position of the fault', () => {
  test.each([
    ['empty', '', 0, 1],
    ['blank', ' \n', 0, 1],
    ['an array with a broken record', '[{"a":1},\n{"b":}]', 15, 2],
    ['an object that ends early', '{"a":1', 6, 1],
    ['no JSON at all', 'hello', 0, 1],
  ])('%s', async (_, payload, byte, line) => {
    const { status, body } = await post(payload)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'BODY_MALFORMED', position: { byte, line } })
  })

  test('a truncated gzip; sent again whole it counts once', async () => {
    const packed = gzipSync(ndjson([sample('a'), sample('b')]))
    const { status, body } = await post(packed.subarray(0, packed.length - 12))
    expect(status).toBe(400)
    expect(body.position.byte).toBe(packed.length - 12)
    expect((await post(packed)).status).toBe(202)
    expect(await storedDevices()).toEqual(['a', 'b'])
  })

  test('what stood before the fault is stored and said', async () => {
    const { status, body } = await post(`[${JSON.stringify(sample('a'))},{"b":}]`)
    expect(status).toBe(400)
    expect(body).toMatchObject({ accepted: 1 })
    expect(await storedDevices()).toEqual(['a'])
  })
})

describe('a malformed record goes to quarantine and its neighbours are stored', () => {
  const line = (fields: object) => JSON.stringify(sample('bad', fields))
  const cases: [string, string | Buffer, string][] = [
    ['broken JSON', '{"time": "2026', 'malformed_json'],
    ['a field of a million characters', line({ device_id: 'x'.repeat(1e6) }), 'field_too_long'],
    ['an unknown field of a million', line({ what: 'x'.repeat(1e6) }), 'extra_too_large'],
    ['a record of 10 MB', line({ what: 'x'.repeat(1e7) }), 'record_too_large'],
    ['a negative interval', line({ interval_s: -10 }), 'out_of_range'],
    ['a time in 1970', line({ time: '1970-01-01T00:00:00Z' }), 'time_too_old'],
    ['a time in 2100', line({ time: '2100-01-01T00:00:00Z' }), 'time_in_future'],
    ['a member twice', '{"device_id":"a","device_id":"b"}', 'duplicate_key'],
    ['Latin-1 bytes', Buffer.from(line({ site: 'Orl\u00e9ans' }), 'latin1'), 'invalid_utf8'],
  ]
  test.each(cases)('%s', async (_, bad, reason) => {
    const good = (device: string) => Buffer.from(`${JSON.stringify(sample(device))}\n`)
    const payload = Buffer.concat([good('a'), Buffer.from(bad), Buffer.from('\n'), good('c')])
    const { status, body } = await post(payload)
    expect(status).toBe(202)
    expect(body).toMatchObject({ consumed: 3, accepted: 2, quarantined: 1 })
    expect(await storedDevices()).toEqual(['a', 'c'])
    expect(await reasons()).toEqual([reason])
  })

  test('NaN, unknown fields and unknown tenants are no reason to refuse', async () => {
    const records = [
      JSON.stringify(sample('a')).replace('}', ',"power_w":NaN}'),
      JSON.stringify(sample('b', { power_w: 'NaN', tenant_id: null })),
      JSON.stringify(sample('c', { power_w: 700, colour: 'blue', tenant_id: 'never-seen' })),
    ]
    expect((await post(records.join('\n'))).body).toMatchObject({ accepted: 3, quarantined: 0 })
    expect(await opened.probe('samples')).toMatchObject([
      { power_w: null },
      { power_w: null },
      { power_w: 700 },
    ])
  })
})

describe('limits', () => {
  test('413 above the body limit, by word or by deed, also after unpacking', async () => {
    const long = Buffer.alloc(settings.body_bytes_max + 1, 0x20)
    expect((await post(long)).status).toBe(413)
    expect((await post(gzipSync(long))).status).toBe(413)
  })

  test('415 for a packing that is not read', async () => {
    expect((await post('x', { 'content-encoding': 'br' })).status).toBe(415)
  })

  test('503 with Retry-After while as many bodies are read as may be', async () => {
    const slow = new PassThrough()
    slow.write(ndjson([sample('a')]))
    // A call is sent only once somebody waits for it.
    const first = Promise.resolve(app.inject({ method: 'POST', url: PATH, payload: slow }))
    const second = await post(JSON.stringify(sample('b')))
    expect(second).toMatchObject({ status: 503, body: { error: 'BACKPRESSURE' } })
    expect(second.headers['retry-after']).toBe('1')
    slow.end()
    expect((await first).statusCode).toBe(202)
    expect((await post(JSON.stringify(sample('b')))).status).toBe(202)
  })
})

test('quarantine is read page by page, whole records by id', async () => {
  const long = `{"x":"${'y'.repeat(6000)}`
  await post([JSON.stringify(sample('a')), '{1', '{2', long].join('\n'))
  clock.set(clock.now() + 1)
  const seen: { quarantine_id: string; raw_bytes: number }[] = []
  let next: string | null = ''
  while (next !== null) {
    const url: string = `/v1/quarantine?limit=2${next === '' ? '' : `&cursor=${next}`}`
    const page: { items: typeof seen; next: string | null } = (await app.inject({ url })).json()
    seen.push(...page.items)
    next = page.next
  }
  expect(new Set(seen.map(item => item.quarantine_id)).size).toBe(3)
  const big = seen.find(item => item.raw_bytes > 100)
  const whole = await app.inject({ url: `/v1/quarantine/${big?.quarantine_id}` })
  expect(Buffer.from(whole.json().raw_base64, 'base64').toString()).toBe(long)
  expect(big?.raw_bytes).toBe(long.length)
})

test('every stream of the contract has its route', async () => {
  const table = 'tenant_id,ip,time\nacme,203.0.113.7,2026-01-01T00:00:00Z\n'
  const sent: [string, string, string][] = [
    [
      '/v1/telemetry/billing',
      'text/csv',
      'BillingAccountId,ChargePeriodStart,ChargePeriodEnd\na,2026-01-01,2026-01-02\n',
    ],
    ['/v1/telemetry/commitment', 'application/json', '[]'],
    ['/v1/identity/party', 'application/json', '{"party_id":"p","kind":"entity"}'],
    ['/v1/identity/ownership', 'application/json', '{"owner_id":"o","owned_id":"p"}'],
    ['/v1/identity/account', 'application/json', '{"tenant_id":"t"}'],
    ['/v1/identity/access', 'text/csv', table],
    ['/v1/identity/list', 'application/json', '[]'],
  ]
  for (const [url, type, payload] of sent) {
    const answer = await app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': type },
    })
    expect([url, answer.statusCode, answer.json().quarantined]).toEqual([url, 202, 0])
  }
})
