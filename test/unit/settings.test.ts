import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkConfig } from '../../src/commands/check-config.ts'
import { configCommand, settingRows } from '../../src/commands/config.ts'
import { settingsFile } from '../../src/domain/settings.ts'
import {
  checkBind,
  loadSettings,
  readDuration,
  readSettings,
  type SettingsSource,
} from '../../src/settings.ts'
import { projectFolder } from '../support/store.ts'

const configFolder = join(projectFolder, 'config')
const defaultFile = join(configFolder, 'default.yaml')
const TOKEN = 'a-token-of-more-than-16-characters'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flopwatch-site-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function source(parts: Partial<SettingsSource> & { readonly site?: string } = {}): SettingsSource {
  const siteFile = parts.site === undefined ? null : join(folder, 'site.yaml')
  if (siteFile !== null) writeFileSync(siteFile, parts.site ?? '')
  return { configFolder, siteFile, environment: {}, flags: {}, ...parts }
}

describe('layers', () => {
  test('default.yaml states exactly the built-in defaults, every one of them', () => {
    const { file, origins } = loadSettings(source())
    expect(file).toEqual(settingsFile.parse({}))
    expect([...origins.values()].filter(origin => !origin.startsWith(defaultFile))).toEqual([])
  })

  test('flags win over the site, the site over the defaults, and each value knows its origin', () => {
    const { settings, origins } = loadSettings(
      source({
        site: 'http:\n  port: 9000\nderive:\n  idle_gap_s: 120\n',
        flags: { 'idle-gap': '1.5m' },
      }),
    )
    expect([settings.http.port, settings.http.host]).toEqual([9000, '127.0.0.1'])
    expect(settings.derive.idle_gap_s).toBe(90)
    expect(origins.get('http.port')).toBe(`${join(folder, 'site.yaml')}:2`)
    expect(origins.get('derive.idle_gap_s')).toBe('flag --idle-gap')
    expect(origins.get('http.host')).toMatch(/default\.yaml:\d+$/)
  })

  test('a secret may come in a file, and then from there alone', () => {
    const path = join(folder, 'secret')
    writeFileSync(path, 'a-token-of-a-file-x, another-token-of-it\n')
    const environment = { FLOPWATCH_TOKENS_FILE: path }
    const { settings } = loadSettings(source({ environment }))
    expect(settings.http.tokens).toEqual(['a-token-of-a-file-x', 'another-token-of-it'])
    const both = { ...environment, FLOPWATCH_TOKENS: 'a-token-of-its-own-x' }
    expect(() => loadSettings(source({ environment: both }))).toThrow(
      'FLOPWATCH_TOKENS_FILE stands beside FLOPWATCH_TOKENS; set one of them',
    )
    const none = { CLICKHOUSE_PASSWORD_FILE: join(folder, 'none') }
    expect(() => loadSettings(source({ environment: none }))).toThrow(/which cannot be read/)
  })

  test('endpoints and secrets come from the environment; empty means absent', () => {
    const bare = loadSettings(source({ environment: { CLICKHOUSE_URL: '', HOME: '/root' } }))
    expect(bare.settings.store).toEqual({ path: 'data', server: null })
    expect(bare.settings.kafka.brokers).toEqual([])
    const environment = {
      CLICKHOUSE_URL: 'https://ch.example:8443',
      CLICKHOUSE_USER: 'watch',
      CLICKHOUSE_PASSWORD: 'hidden',
      KAFKA_BROKERS: 'k1:9092, k2:9092',
      FLOPWATCH_TOKENS: TOKEN,
    }
    const { settings } = loadSettings(source({ environment }))
    expect(settings.store.server).toEqual({
      url: 'https://ch.example:8443',
      database: 'default',
      user: 'watch',
      password: 'hidden',
      cluster: null,
    })
    expect(settings.kafka.brokers).toEqual(['k1:9092', 'k2:9092'])
    expect(settings.http.tokens).toEqual([TOKEN])
  })

  test('Kafka: a login and TLS come from the environment, and only whole', () => {
    const environment = {
      KAFKA_BROKERS: 'k1:9093',
      KAFKA_TLS: 'true',
      KAFKA_CA_FILE: '/etc/kafka/ca.pem',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_USERNAME: 'watch',
      KAFKA_PASSWORD: 'hidden',
    }
    const { settings } = loadSettings(source({ environment }))
    expect(settings.kafka).toMatchObject({
      brokers: ['k1:9093'],
      tls: true,
      ca_file: '/etc/kafka/ca.pem',
      login: { mechanism: 'scram-sha-512', username: 'watch', password: 'hidden' },
      group: 'flopwatch',
    })
    const told = (variables: Record<string, string>) =>
      readSettings(source({ environment: variables })).faults.map(({ message }) => message)
    expect(told({ KAFKA_TLS: 'yes' })).toEqual(['KAFKA_TLS must be true or false'])
    expect(told({ KAFKA_CA_FILE: 'ca.pem' })).toEqual(['KAFKA_CA_FILE needs KAFKA_TLS=true'])
    expect(told({ KAFKA_USERNAME: 'watch' })).toEqual(['KAFKA_USERNAME needs KAFKA_SASL_MECHANISM'])
    expect(told({ KAFKA_SASL_MECHANISM: 'plain' })).toEqual([
      'KAFKA_SASL_MECHANISM needs KAFKA_USERNAME and KAFKA_PASSWORD',
    ])
    expect(told({ KAFKA_SASL_MECHANISM: 'gssapi' })).toEqual([
      'KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512',
    ])
  })

  test('an empty site file changes nothing', () => {
    expect(loadSettings(source({ site: '# nothing yet\n' })).settings.http.port).toBe(8080)
  })
})

describe('faults', () => {
  test('all of them at once, each with its place', () => {
    const site = [
      'http:',
      '  port: 99999',
      '  tokens: [secret]',
      'meter:',
      '  busy_tensor_min: 2',
      'regime: atlantis',
      'surprise:',
      '  inner: 1',
    ].join('\n')
    const environment = {
      CLICKHOUSE_URL: 'ftp://x',
      FLOPWATCH_TOKENS: 'short',
      FLOPWATCH_TOKEN: 'x',
    }
    const { loaded, faults } = readSettings(source({ site, environment, flags: { port: 'many' } }))
    const file = join(folder, 'site.yaml')
    expect(loaded).toBeNull()
    const told = faults.map(fault => `${fault.file}:${fault.line}: ${fault.message}`)
    expect(told).toEqual([
      `${file}:6: regime: there is no pack ${join(configFolder, 'regimes/atlantis.yaml')}`,
      'flag --port:0: http.port: Invalid input: expected number, received NaN',
      `${file}:3: http.tokens: there is no such setting; endpoints and secrets come from the environment`,
      `${file}:5: meter.busy_tensor_min: Too big: expected number to be <=1`,
      `${file}:7: surprise: there is no such setting`,
      'environment:0: FLOPWATCH_TOKEN is no variable that is read',
      'environment:0: CLICKHOUSE_URL must be a http or https URL',
      'environment:0: FLOPWATCH_TOKENS has a token of fewer than 16 characters',
    ])
  })

  test('the thrown fault lists them in one message', () => {
    const bad = source({ site: 'http:\n  port: -1\ndetect:\n  tick_s: 0\n' })
    expect(() => loadSettings(bad)).toThrow(/^2 faults:\n {2}.*site\.yaml:2: .*\n {2}.*:4: /)
  })

  test('broken YAML and a missing file', () => {
    const broken = readSettings(source({ site: 'http:\n  port: [1\n' })).faults
    expect(broken.map(fault => fault.file)).toEqual([join(folder, 'site.yaml')])
    const missing = { ...source(), siteFile: join(folder, 'none.yaml') }
    expect(readSettings(missing).faults).toEqual([
      { file: missing.siteFile, line: 1, message: 'the file is missing or cannot be read' },
    ])
  })

  test('a removed key fails with its replacement, and only with that', () => {
    const removed = { 'derive.gap_minutes': 'derive.idle_gap_s' }
    const { faults } = readSettings(source({ site: 'derive:\n  gap_minutes: 5\n' }), removed)
    expect(faults).toEqual([
      {
        file: join(folder, 'site.yaml'),
        line: 2,
        message: 'derive.gap_minutes was removed; use derive.idle_gap_s',
      },
    ])
  })

  test('bounds that contradict each other', () => {
    const site = 'derive:\n  chain:\n    hard_gap_s: 7200\n    soft_gap_s: 3600\n'
    expect(readSettings(source({ site })).faults).toMatchObject([
      { line: 4, message: 'derive.chain.soft_gap_s: must not be shorter than hard_gap_s' },
    ])
  })
})

test('the shipped configuration has no fault', () => {
  expect(checkConfig(source())).toEqual([])
})

describe('binding', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('%s needs no token', host => {
    expect(() => checkBind({ host, port: 8080, tokens: [] })).not.toThrow()
  })

  test.each(['0.0.0.0', '::', '10.0.0.4', 'watch.example', '127.0.0.1.example.org'])(
    '%s needs one',
    host => {
      expect(() => checkBind({ host, port: 8080, tokens: [] })).toThrow(/without tokens/)
      expect(() => checkBind({ host, port: 8080, tokens: [TOKEN] })).not.toThrow()
    },
  )
})

describe('flopwatch config', () => {
  test('prints every value with its origin and no secret', () => {
    const environment = {
      CLICKHOUSE_URL: 'https://admin:hunter2hunter2@ch.example/',
      CLICKHOUSE_PASSWORD: 'hunter2hunter2',
      FLOPWATCH_TOKENS: `${TOKEN},${TOKEN}2`,
    }
    const loaded = loadSettings(source({ environment }))
    const rows = settingRows(loaded)
    const shown = (setting: string) => rows.find(row => row.setting === setting)?.value
    expect(shown('derive.chain.hard_gap_s')).toBe('2700')
    expect(shown('FLOPWATCH_TOKENS')).toBe('(2 set)')
    expect(shown('CLICKHOUSE_PASSWORD')).toBe('(set)')
    expect(shown('CLICKHOUSE_URL')).toBe('https://***@ch.example/')
    expect(shown('KAFKA_BROKERS')).toBe('(not set)')
    const printed: string[] = []
    for (const json of [false, true]) {
      configCommand({ print: text => printed.push(text) }, loaded, { json })
    }
    expect(printed.join('\n')).not.toMatch(/hunter2|a-token-of/)
    expect(printed[0]).toContain('default.yaml:')
  })
})

test.each([
  ['60', 60],
  ['60s', 60],
  ['1.5m', 90],
  ['2h', 7200],
  ['1d', 86_400],
])('the duration %s is %d seconds', (text, expected) => {
  expect(readDuration(text)).toBe(expected)
})

test.each(['', 'soon', '-5s', '5 parsecs', '1m30s'])('"%s" is no duration', text => {
  expect(readDuration(text)).toBeNaN()
})

describe('webhooks', () => {
  const secret = 'a-secret-of-more-than-16-characters'
  const given = (urls: string, more: Readonly<Record<string, string>> = {}) =>
    source({ environment: { FLOPWATCH_WEBHOOKS: urls, FLOPWATCH_WEBHOOK_SECRET: secret, ...more } })

  test('several endpoints share a secret, and neither is shown', () => {
    const loaded = loadSettings(given('https://a.example/hook?key=hush, http://localhost:9/b'))
    expect(loaded.settings.webhooks).toEqual({
      urls: ['https://a.example/hook?key=hush', 'http://localhost:9/b'],
      secret,
    })
    const shown = JSON.stringify(settingRows(loaded))
    expect(shown).toContain('(2 set)')
    expect(shown).not.toMatch(/hush|a-secret/)
    expect(loadSettings(source()).settings.webhooks).toEqual({ urls: [], secret: '' })
  })

  test.each([
    'http://a.example/hook',
    'http://127.0.0.1.example/',
    'ftp://a.example/',
    'a.example',
  ])('events do not leave this host in the clear: %s', url =>
    expect(() => loadSettings(given(url))).toThrow(/FLOPWATCH_WEBHOOKS must be https URLs/),
  )

  test.each(['http://127.0.0.1:8000/', 'http://[::1]/', 'http://localhost/'])(
    'but may stay on it: %s',
    url => expect(loadSettings(given(url)).settings.webhooks.urls).toEqual([url]),
  )

  test('without a secret, or with a short one, nothing is sent', () => {
    const bare = { FLOPWATCH_WEBHOOK_SECRET: '' }
    expect(() => loadSettings(given('https://a.example/', bare))).toThrow(
      /needs FLOPWATCH_WEBHOOK_SECRET/,
    )
    const short = { FLOPWATCH_WEBHOOK_SECRET: 'short' }
    expect(() => loadSettings(given('https://a.example/', short))).toThrow(
      /fewer than 16 characters/,
    )
  })
})
