import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flopwatch, startCommand } from '../support/command.ts'

/** What needs no data: words, settings, faults, pipes and signals of the real process. */

let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const COMMANDS =
  'serve ingest detect report check explain simulate demo migrate config bench'.split(' ')

test('--help lists every command of this release', async () => {
  const { code, stdout, stderr } = await flopwatch(['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const listed = [...stdout.matchAll(/^ {2}([a-z:]+) .*\S/gm)].map(match => match[1])
  expect(listed).toEqual(expect.arrayContaining(COMMANDS))
})

describe('words that make no sense end with 2 and say which', () => {
  test.each([
    { words: ['detect', '--no-such-option'], says: /--no-such-option/ },
    { words: ['no-such-command'], says: /no-such-command/ },
    { words: ['ingest'], says: /files/ },
    { words: ['ingest', '--stream', 'telemetry.weather', 'x'], says: /telemetry\.weather/ },
    { words: ['detect', '--as-of', 'yesterday'], says: /--as-of "yesterday".*2026-10-31T00/ },
    { words: ['serve', '--roles', 'ingest,cook'], says: /ingest,cook.*ingest, detect, api/ },
    { words: ['simulate', 'no-such-scenario'], says: /no-such-scenario.*demo/ },
  ])('$words', async ({ words, says }) => {
    const { code, stdout, stderr } = await flopwatch(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('settings', () => {
  const secret = 'a-token-that-nobody-may-read'

  test('config names the origin of every value and keeps secrets', async () => {
    const site = at('site.yaml')
    await writeFile(site, 'detect:\n  tick_s: 3\n')
    const env = {
      CLICKHOUSE_URL: 'http://root:in-the-url@127.0.0.1:9/',
      CLICKHOUSE_PASSWORD: 'in-the-password',
      FLOPWATCH_TOKENS: `${secret},${secret}-2`,
    }
    const words = ['config', '--config', site, '--data', at('store')]
    const { code, stdout } = await flopwatch(words, { env })
    expect(code).toBe(0)
    const row = (...cells: string[]) => new RegExp(cells.join(' +│ +'))
    expect(stdout).toMatch(row('detect\\.tick_s', '3', `${site}:2 `))
    expect(stdout).toMatch(row('store\\.path', at('store'), 'flag --data'))
    expect(stdout).toMatch(row('http\\.host', '127\\.0\\.0\\.1', '\\S*config/default\\.yaml:\\d+'))
    expect(stdout).toMatch(row('CLICKHOUSE_URL', 'http://\\*\\*\\*@127\\.0\\.0\\.1:9/', 'env'))
    expect(stdout).toMatch(row('FLOPWATCH_TOKENS', '\\(2 set\\)', 'environment'))
    expect(stdout).not.toMatch(/in-the-url|in-the-password|nobody-may-read/)
  })

  test('a fault of the settings is told with file and line, by every command alike', async () => {
    const site = at('faulty.yaml')
    await writeFile(site, 'http:\n  port: 80800\ndetekt: {}\n')
    const runs = ['config', 'check', 'migrate'].map(word => flopwatch([word, '--config', site]))
    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      expect(code).toBe(1)
      expect(stdout + stderr).toContain(`${site}:2: http.port: `)
      expect(stdout + stderr).toContain(`${site}:3: detekt: there is no such setting`)
      expect(stderr).not.toMatch(/\n\s+at /)
    }
  })

  test('check passes over the settings, detectors and fixtures as shipped', async () => {
    const { code, stdout } = await flopwatch(['check'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'all checks passed\n' })
  })
})

test('a store that does not answer is told in one sentence, without its password', async () => {
  // Port 9 is for discarding; nothing listens there.
  const env = { CLICKHOUSE_URL: 'http://127.0.0.1:9', CLICKHOUSE_PASSWORD: 'in-the-password' }
  const { code, stdout, stderr } = await flopwatch(['migrate'], { env })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe(
    'flopwatch: the store does not answer: 127.0.0.1:9. ' +
      'Check that ClickHouse answers at CLICKHOUSE_URL.\n',
  )
})

describe('pipes and signals', () => {
  test('a reader that goes away is no fault', async () => {
    const child = startCommand(['config'])
    child.stdout?.destroy()
    if (!child.stderr) throw new Error('the process has no pipes')
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('a slow reader gets everything: far more than a pipe of 64 KiB holds', async () => {
    const paths = Array.from({ length: 400 }, (_, index) => at(`absent-${index}.ndjson`))
    const child = startCommand(['ingest', '--json', '--data', at('store'), ...paths])
    const { stdout } = child
    if (!stdout) throw new Error('the process has no pipes')
    await once(stdout, 'readable') // and nothing is read until the pipe has long been full
    const printed = await text(stdout)
    expect(printed.length).toBeGreaterThan(65_536)
    const { files } = JSON.parse(printed)
    expect(files).toHaveLength(400)
    expect(files[399].fault).toEqual({
      error: 'INPUT_UNREADABLE',
      message: `${at('absent-399.ndjson')} cannot be read (ENOENT)`,
    })
  })

  test('Ctrl-C ends a command that waits for its input', async () => {
    const child = startCommand(['ingest', '-', '--data', at('waiting')])
    const exit = once(child, 'exit')
    await expect.poll(() => existsSync(at('waiting')), { timeout: 20_000 }).toBe(true)
    child.kill('SIGINT')
    const [code, signal] = await exit
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGINT' })
  })
})
