import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signature } from '../../../../src/adapters/webhook/sign.ts'
import { createWebhookSink } from '../../../../src/adapters/webhook/webhook-sink.ts'
import type { EventSink, OutgoingEvent } from '../../../../src/ports/event-sink.ts'
import { fakeClock } from '../../../support/store.ts'

/** The sink against an endpoint of flesh and blood on this host. */

const SECRET = 'a-secret-of-the-tests'
const clock = fakeClock(Date.UTC(2026, 2, 1))

const received: { headers: IncomingHttpHeaders; body: string; method: string }[] = []
let reply: (response: ServerResponse, nth: number) => void
const server = createServer((request, response) => {
  text(request).then(body => {
    received.push({ headers: request.headers, body, method: request.method ?? '' })
    reply(response, received.length)
  })
})
let url: string
beforeAll(async () => {
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hush`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  received.length = 0
  reply = response => response.writeHead(204).end()
})

const sink = (timeout_s = 10): EventSink =>
  createWebhookSink({ url, secret: SECRET, clock, timeout_s })

const event = (number: number): OutgoingEvent => ({
  topic: 'findings',
  subject: 'fnd-1',
  idempotency_key: `fnd-1@${number}`,
  body: `{"number":${number}}`,
})

test('each event is one signed POST, in order', async () => {
  expect(await sink().deliver([event(1), event(2)])).toEqual({ delivered: 2, fault: null })
  expect(received.map(({ body }) => body)).toEqual(['{"number":1}', '{"number":2}'])
  // 1 March 2026 is 1,772,323,200 seconds after 1970.
  const mac = createHmac('sha256', SECRET).update('1772323200.{"number":1}').digest('hex')
  expect(received[0]).toMatchObject({
    method: 'POST',
    headers: {
      'idempotency-key': 'fnd-1@1',
      'flopwatch-topic': 'findings',
      'flopwatch-signature': `t=1772323200,v1=${mac}`,
      'content-type': 'application/json; charset=utf-8',
    },
  })
})

test('a signature holds for one secret, one time and one body', () => {
  const at = clock.now()
  const signed = signature(SECRET, at, '{}')
  expect(signature(SECRET, at, '{}')).toBe(signed)
  expect(signature('another-secret-here', at, '{}')).not.toBe(signed)
  expect(signature(SECRET, at + 1000, '{}')).not.toBe(signed)
  expect(signature(SECRET, at, '{ }')).not.toBe(signed)
})

test.each([
  [500, 'fnd-1@2 was answered with 500'],
  [404, 'fnd-1@2 was answered with 404'],
  // The place that a redirect names is not what the operator named.
  [302, /^fnd-1@2 was not taken: /],
])('after an answer of %i nothing more is sent, and what it had stays had', async (status, why) => {
  reply = (response, nth) =>
    response.writeHead(nth === 2 ? status : 200, { location: `${url}&else` }).end('words')
  const { delivered, fault } = await sink().deliver([event(1), event(2), event(3)])
  expect(delivered).toBe(1)
  expect(fault).toMatch(why)
  expect(received).toHaveLength(2)
})

test('an endpoint that does not answer has not taken the event', async () => {
  reply = () => undefined
  expect(await sink(0.05).deliver([event(1)])).toEqual({
    delivered: 0,
    fault: 'fnd-1@1 was not taken: no answer in time',
  })
})

test('an endpoint that breaks off, and one that is not there, are told by name of the fault', async () => {
  reply = response => response.destroy()
  expect((await sink().deliver([event(1)])).fault).toMatch(/^fnd-1@1 was not taken: /)
  const gone = createWebhookSink({
    url: 'http://127.0.0.1:1/',
    secret: SECRET,
    clock,
    timeout_s: 5,
  })
  const { delivered, fault } = await gone.deliver([event(1)])
  expect(delivered).toBe(0)
  expect(fault).toMatch(/^fnd-1@1 was not taken: \w/)
})

test('its name tells endpoints apart and gives no token away', () => {
  const other = createWebhookSink({ url: `${url}2`, secret: SECRET, clock, timeout_s: 5 })
  expect(sink().name).toMatch(/^webhook:127\.0\.0\.1:\d+#[0-9a-f]{8}$/)
  expect(sink().name).not.toContain('hush')
  expect(other.name).not.toBe(sink().name)
})
