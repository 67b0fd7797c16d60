import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildServer } from '../../src/http/server.ts'
import { RUN, SHELL, seedConsole, serverDeps } from '../support/console-world.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

/** The pages in a real browser. Script is off: everything has to work without it. */

const path = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const isMissing = !existsSync(path)
const reason = `no Chromium at ${path}; install it or set CHROMIUM_PATH`

test('a browser is there where one is required', () => {
  if (process.env['CI_REQUIRE_CHROMIUM'] === '1') expect(isMissing ? reason : '').toBe('')
})

describe.skipIf(isMissing)(`pages in a browser${isMissing ? ` (skipped: ${reason})` : ''}`, () => {
  let opened: TestStore
  let server: FastifyInstance
  let browser: Browser
  let base = ''

  beforeAll(async () => {
    opened = await openTestStore()
    await seedConsole(opened.store)
    server = await buildServer(serverDeps(opened.store))
    base = await server.listen({ host: '127.0.0.1', port: 0 })
    browser = await chromium.launch({
      executablePath: path,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await opened?.close()
  })

  /** Opens a page and collects what the browser complains about, blocked content included. */
  async function open(url: string, width = 1280, colorScheme: 'light' | 'dark' = 'light') {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      javaScriptEnabled: false,
      colorScheme,
    })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', message => complaints.push(message.text()))
    page.on('requestfailed', request => complaints.push(request.url()))
    const answer = await page.goto(base + url)
    return { page, complaints, status: answer?.status(), close: () => context.close() }
  }

  const PAGES = ['/', '/cases', '/findings', '/runs', '/tenants', '/detectors', '/coverage']
  const DETAILS = [`/runs/${RUN}`, '/findings/fnd-a1', `/tenants/${SHELL}`, '/unattributed']

  test.each([...PAGES, ...DETAILS])('%s shows without complaint', async url => {
    const { page, complaints, status, close } = await open(url)
    expect([status, complaints]).toEqual([200, []])
    expect(await page.locator('h1').count()).toBe(1)
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/)
    await close()
  })

  test('nothing sticks out of a narrow window', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } })
    for (const url of [...PAGES, ...DETAILS]) {
      await page.goto(base + url)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect([url, width]).toEqual([url, 360])
    }
    await page.close()
  })

  test('from the overview to the case, its finding and the report, by links alone', async () => {
    const { page, complaints, close } = await open('/')
    await page.locator('.case h3 a').first().click()
    await expect(page.locator('h1').textContent()).resolves.toContain('Customer')
    await page.locator('section', { hasText: 'Findings' }).locator('td a').first().click()
    await expect(page.locator('main').textContent()).resolves.toContain('Values in use')
    await page.goBack()
    await page.getByRole('link', { name: 'HTML', exact: true }).click()
    await expect(page.content()).resolves.toContain('NOT IN FORCE')
    expect(complaints).toEqual([])
    await close()
  })

  test('a hostile name is shown and never run', async () => {
    const { page, close } = await open('/tenants')
    await expect(page.locator('main').textContent()).resolves.toContain(
      '<script>alert("x")</script>',
    )
    expect(await page.locator('script').count()).toBe(0)
    await close()
  })

  test('bars are drawn in both colour schemes, on their own ground', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page, close } = await open('/', 1280, scheme)
      const bar = await page.locator('svg.bar .range.measured').first().boundingBox()
      expect(bar?.width ?? 0).toBeGreaterThan(3)
      const shot = await page.screenshot()
      expect(shot.byteLength).toBeGreaterThan(20_000)
      await close()
    }
  })
})
