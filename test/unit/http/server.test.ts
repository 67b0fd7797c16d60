import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { INGEST_DEFAULTS } from '../../../src/domain/ingest-settings.ts'
import type { Hindrance } from '../../../src/http/deps.ts'
import { ingestRoutes } from '../../../src/http/routes/ingest.ts'
import { buildServer } from '../../../src/http/server.ts'
import { serverDeps } from '../../support/console-world.ts'
import { testIntake } from '../../support/intake.ts'
import { fakeClock, openTestStore, type TestStore } from '../../support/store.ts'

let opened: TestStore
const servers: FastifyInstance[] = []
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(async () => {
  await Promise.all(servers.map(server => server.close()))
  await opened.close()
})

async function serve(changes: Parameters<typeof serverDeps>[1] = {}): Promise<FastifyInstance> {
  const server = await buildServer(serverDeps(opened.store, changes))
  servers.push(server)
  return server
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (token: string) => ({
  authorization: `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}`,
})

describe('who may ask', () => {
  const tokens = ['first-token', 'second-token']

  test.each([
    ['no token', {}, 401],
    ['a wrong token', bearer('third-token'), 401],
    ['a token that is the start of a right one', bearer('first'), 401],
    ['the right token', bearer('first-token'), 200],
    ['any of the right tokens', bearer('second-token'), 200],
    ['the right token as a browser sends passwords', basic('first-token'), 200],
    ['a wrong password', basic('x'), 401],
  ])('%s', async (_, headers, status) => {
    const server = await serve({ tokens })
    const answer = await server.inject({ url: '/v1/runs', headers })
    expect(answer.statusCode).toBe(status)
    if (status === 401) {
      expect(answer.json()).toMatchObject({ error: 'UNAUTHORIZED', remedy: expect.any(String) })
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /)
    }
  })

  test('pages ask a browser for the token; health is open to all', async () => {
    const server = await serve({ tokens })
    const page = await server.inject({ url: '/' })
    expect(page.statusCode).toBe(401)
    expect(page.headers['www-authenticate']).toMatch(/^Basic /)
    for (const url of ['/healthz', '/readyz']) {
      expect((await server.inject({ url })).statusCode).toBe(200)
    }
    expect((await server.inject({ url: '/metrics' })).statusCode).toBe(401)
  })

  test('a browser password does not write', async () => {
    const server = await serve({ tokens })
    const url = '/v1/telemetry/accelerator'
    const answer = await server.inject({ method: 'POST', url, headers: basic('first-token') })
    expect(answer.statusCode).toBe(401)
  })

  test('without tokens only loopback names are answered, and no other origin writes', async () => {
    const server = await serve()
    const named = (host: string) => server.inject({ url: '/healthz', headers: { host } })
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080']) {
      expect((await named(host)).statusCode).toBe(200)
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      expect((await named(host)).statusCode).toBe(421)
    }
    const write = await server.inject({
      method: 'POST',
      url: '/v1/telemetry/accelerator',
      headers: { host: '127.0.0.1:8080', origin: 'https://evil.example' },
    })
    expect(write.statusCode).toBe(403)
  })
})

describe('errors have one shape', () => {
  const shape = z.strictObject({
    error: z.string(),
    message: z.string().min(5),
    remedy: z.string().optional(),
    position: z.object({ byte: z.number(), line: z.number() }).optional(),
    request_id: z.string(),
  })

  test.each([
    ['/v1/nothing', 404, 'NOT_FOUND'],
    ['/v1/runs/run-none', 404, 'NOT_FOUND'],
    ['/v1/findings/fnd-none', 404, 'NOT_FOUND'],
    ['/v1/cases/case-none', 404, 'NOT_FOUND'],
    ['/v1/tenants/nobody', 404, 'NOT_FOUND'],
    ['/v1/groups/grp-none', 404, 'NOT_FOUND'],
    ['/v1/reports/rep-none', 404, 'NOT_FOUND'],
    ['/v1/reports/rep-none.pdf', 404, 'NOT_FOUND'],
    ['/v1/runs?limit=1001', 400, 'USAGE'],
    ['/v1/runs?limit=0', 400, 'USAGE'],
    ['/v1/runs?from=yesterday', 400, 'USAGE'],
    ['/v1/runs?from=2026-02-01&to=2026-01-01', 400, 'USAGE'],
    ['/v1/runs?fron=2026-02-01', 400, 'USAGE'],
    ['/v1/runs?cursor=bm9uc2Vuc2U', 400, 'USAGE'],
    ['/v1/findings?severity=dreadful', 400, 'USAGE'],
    ['/v1/coverage?by=minute', 400, 'USAGE'],
  ])('%s answers %i', async (url, status, code) => {
    const answer = await (await serve()).inject({ url })
    expect([answer.statusCode, shape.parse(answer.json()).error]).toEqual([status, code])
    expect(answer.headers['x-request-id']).toBe(answer.json().request_id)
  })

  test('what fails inside tells no detail, and is logged under its id', async () => {
    const broken = { ...opened.store, query: () => Promise.reject(new Error('secret detail')) }
    const answer = await (await serve({ store: broken })).inject({ url: '/v1/runs' })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret detail')
    expect(shape.parse(answer.json()).error).toBe('INTERNAL')
  })

  test('a page that is not there is a page', async () => {
    const headers = { accept: 'text/html' }
    const answer = await (await serve()).inject({ url: '/nothing', headers })
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
  })
})

describe('readiness tells what passes from what is broken', () => {
  const lost = () => ({ ...opened.store, query: () => Promise.reject(new Error('gone')) })
  const busy = { kind: 'back_pressure', part: 'intake', message: '4 bodies' } as const
  const broken = { kind: 'failure', part: 'ticks', message: '3 ticks failed in a row' } as const
  const ask = async (hindrances: readonly Hindrance[], store = opened.store) => {
    const readiness = { hindrances: () => hindrances, retry_after_s: 7 }
    return (await serve({ store, readiness })).inject({ url: '/readyz' })
  }

  test('nothing in the way', async () => {
    const answer = await ask([])
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'ready', store: 'answers', intake: 'open' })
  })

  test.each([
    ['a full intake', [busy], 'back_pressure', 'BACKPRESSURE', '4 bodies'],
    ['ticks that fail', [broken], 'failure', 'NOT_READY', '3 ticks failed in a row'],
    [
      'both: the broken part leads',
      [busy, broken],
      'failure',
      'NOT_READY',
      '3 ticks failed in a row',
    ],
  ])('%s', async (_, parts, reason, error, message) => {
    const answer = await ask(parts)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.json()).toMatchObject({ reason, error, message, parts })
  })

  test('a lost store is a failure, whatever else is full', async () => {
    const answer = await ask([busy], lost())
    const message = 'the store does not answer'
    const store = { kind: 'failure', part: 'store', message }
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({
      reason: 'failure',
      error: 'STORE_UNAVAILABLE',
      parts: [store, busy],
    })
  })

  test('the process is alive all the same, and the description names both reasons', async () => {
    const server = await serve({ store: lost() })
    expect((await server.inject({ url: '/healthz' })).json()).toEqual({ status: 'alive' })
    const { paths } = (await server.inject({ url: '/openapi.json' })).json()
    const refusal = paths['/readyz'].get.responses['503'].content['application/json'].schema
    expect(refusal.properties.reason.enum).toEqual(['back_pressure', 'failure'])
  })
})

test('every answer carries the security headers', async () => {
  const server = await serve()
  for (const url of ['/', '/v1/runs', '/healthz', '/nothing', '/console.css']) {
    const { headers } = await server.inject({ url })
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe/)
  }
})

test('the description names every route, and no other', async () => {
  const { intake } = testIntake(opened.store, fakeClock(), INGEST_DEFAULTS)
  const server = await buildServer(
    serverDeps(opened.store, {
      routes: [ingestRoutes({ intake, settings: INGEST_DEFAULTS })],
    }),
  )
  servers.push(server)
  const document = (await server.inject({ url: '/openapi.json' })).json()
  const described = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method} ${path}`),
  )
  const pages =
    /^get (\/|\/console\.css|\/unattributed|\/(cases|findings|runs|tenants|detectors|coverage)(\/:id)?)$/
  const registered = registeredRoutes(server.printRoutes({ commonPrefix: false }))
    .filter(route => !pages.test(route))
    .map(route => route.replace(/:(\w+)/g, '{$1}'))
  expect(described.length).toBeGreaterThan(25)
  expect(described.toSorted()).toEqual(registered.toSorted())
  expect(document.openapi).toBe('3.1.0')
  expect(document.components.schemas).toHaveProperty('Problem')
  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)
  for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name)
})

/** Reads the router's tree: every line is a piece of a path, deeper lines follow shallower ones. */
function registeredRoutes(tree: string): string[] {
  const pieces: string[] = []
  return tree
    .split('\n')
    .filter(line => line.trim() !== '')
    .flatMap(line => {
      const [, indent = '', piece = '', methods = ''] =
        /^([│ ]*[├└]── )(\S*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
      const depth = indent.length / 4
      pieces.splice(depth - 1, Infinity, piece)
      return methods
        .split(', ')
        .filter(method => method !== '' && method !== 'HEAD')
        .map(method => `${method.toLowerCase()} ${pieces.join('')}`)
    })
}

test('what is asked is counted by route, never by path', async () => {
  const server = await serve()
  await server.inject({ url: '/v1/runs/run-some-id' })
  const { body } = await server.inject({ url: '/metrics' })
  expect(body).toContain(
    'flopwatch_http_seconds_count{method="GET",route="/v1/runs/:id",status="404"} 1',
  )
  expect(body).not.toContain('run-some-id')
})
