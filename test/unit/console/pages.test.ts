import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONSOLE_PAGES } from '../../../src/console/pages.ts'
import { buildServer } from '../../../src/http/server.ts'
import type { Store } from '../../../src/ports/store.ts'
import { HOSTILE, RUN, SHELL, seedConsole, serverDeps } from '../../support/console-world.ts'
import { openTestStore, type TestStore } from '../../support/store.ts'

/** A page asks a fixed number of questions, however many rows there are. */
const QUERIES_MAX = 14

let opened: TestStore
let server: FastifyInstance
let asked: string[] = []
let empty = true

beforeAll(async () => {
  opened = await openTestStore()
  const counting: Store = {
    ...opened.store,
    query: (name, params) => {
      asked.push(name)
      return opened.store.query(name, params)
    },
  }
  server = await buildServer(serverDeps(counting))
})
afterAll(async () => {
  await server.close()
  await opened.close()
})

async function seeded(): Promise<void> {
  if (empty) await seedConsole(opened.store)
  empty = false
}

async function page(url: string): Promise<string> {
  asked = []
  const answer = await server.inject({ url, headers: { accept: 'text/html' } })
  expect([url, answer.statusCode]).toEqual([url, 200])
  return answer.body
}

async function caseId(): Promise<string> {
  const { items } = (await server.inject({ url: `/v1/cases?tenant=${SHELL}` })).json()
  return items[0].case_id
}

test('a store without anything says how to begin', async () => {
  expect(await page('/')).toContain('Nothing is stored yet')
  for (const url of ['/cases', '/findings', '/runs', '/tenants', '/detectors', '/coverage']) {
    await page(url)
  }
})

describe('with a fleet', () => {
  beforeAll(seeded)

  async function everyPage(): Promise<string[]> {
    const ids: Record<string, string> = {
      '/cases/:id': await caseId(),
      '/findings/:id': 'fnd-a1',
      '/runs/:id': RUN,
      '/tenants/:id': SHELL,
    }
    return CONSOLE_PAGES.map(({ path }) => path.replace(':id', ids[path] ?? ''))
  }

  test('every page says that the regime is not in force', async () => {
    for (const url of await everyPage()) {
      expect(await page(url)).toContain('PROPOSED – NOT IN FORCE.')
    }
  })

  test('every page asks few questions', async () => {
    for (const url of await everyPage()) {
      await page(url)
      expect([url, asked.length <= QUERIES_MAX]).toEqual([url, true])
    }
  })

  test('no page runs a script or loads from elsewhere, whatever tenants are called', async () => {
    const urls = [...(await everyPage()), `/tenants/${encodeURIComponent(HOSTILE)}`]
    for (const url of [...urls, '/findings/fnd-a3']) {
      const text = await page(url)
      expect(text).not.toMatch(/<script|javascript:|\son\w+="|style="|https?:\/\//i)
    }
    expect(await page('/tenants')).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
  })

  test('no link leads to nothing', async () => {
    const seen = new Set<string>()
    for (const url of await everyPage()) {
      for (const [, href = ''] of (await page(url)).matchAll(/href="([^"]*)"/g)) seen.add(href)
    }
    const local = [...seen].filter(href => href.startsWith('/')).map(href => href.split('#')[0])
    for (const url of new Set(local)) {
      const answer = await server.inject({ url: (url ?? '').replaceAll('&amp;', '&') })
      expect([url, answer.statusCode]).toEqual([url, 200])
    }
  })

  test('the overview tells who, what, how sure and by when', async () => {
    const text = await page('/')
    expect(text).toContain(`Customer shell-${SHELL} LLC`)
    expect(text).toContain('foreign person')
    expect(text).toContain('<b>2.0e26</b> operations (1.0e26 – 4.0e26)')
    expect(text).toContain('presumably above')
    expect(text).toContain('from the transaction of')
    expect(text).toContain('1 open case')
    expect(text).toContain('no case: determined domestic')
  })

  test('a case shows the owner behind the customer and that its chain holds', async () => {
    const text = await page(`/cases/${await caseId()}`)
    expect(text).toContain(`Parent of ${SHELL} Pte. Ltd.`)
    expect(text).toContain('beneficial owner (60 %)')
    expect(text).toContain('the chain holds')
    expect(text).toContain('.pdf">PDF</a>')
  })

  test('a window that ends before it begins is refused as a page', async () => {
    const url = '/?from=2026-02-02&to=2026-02-01'
    const answer = await server.inject({ url, headers: { accept: 'text/html' } })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('must be before')
  })
})
