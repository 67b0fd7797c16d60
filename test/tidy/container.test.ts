import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { settingsEnvironment } from '../../src/domain/settings.ts'
import { listFiles } from './source-tree.ts'

/** What can be held of the container files without an engine to run them. */

const read = (path: string): string => listFiles(path)[0]?.text ?? ''

const service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  networks: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  read_only: z.boolean().default(false),
  init: z.boolean().default(false),
})
const composeFile = z.object({
  name: z.string(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
})

const compose = composeFile.parse(parse(read('docker-compose.yml')))
const dockerfile = read('Dockerfile')
const manifest = z
  .object({ version: z.string(), dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')))
const instructions = (word: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^${word} +(.+)$`, 'gm'))].map(match => match[1] ?? '')

test('images are pinned exactly, to the Node and the release of package.json', () => {
  const bases = instructions('FROM').map(text => text.split(' ')[0])
  const { node = '' } = manifest.dependencies
  expect(new Set(bases)).toEqual(new Set([`node:${node}-bookworm-slim`]))
  const images = Object.values(compose.services).map(({ image }) => image)
  expect(images).toContain(`flopwatch:${manifest.version}`)
  expect(images.filter(image => !/:\d+(\.\d+){2,}$/.test(image))).toEqual([])
})

test('the image has no embedded engine, no tests, no root, and tells its health', () => {
  expect(instructions('RUN')[0]).toBe('npm ci --omit=dev --omit=optional --ignore-scripts')
  expect(instructions('USER')).toEqual(['node'])
  expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]+\/healthz/m)
  // Exec form: the process gets the signal, not a shell.
  expect(instructions('ENTRYPOINT')).toEqual(['["node", "src/main.ts"]'])
  const copied = instructions('COPY').flatMap(text => text.split(' ').slice(0, -1))
  const here = copied.filter(name => !name.startsWith('--') && !name.startsWith('/'))
  expect(new Set(here)).toEqual(
    new Set(['package.json', 'package-lock.json', '.npmrc', 'sql', 'config', 'detectors', 'src']),
  )
  // What is not let into the build cannot be copied, and nothing else is let in.
  const let_in = [...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(match => match[1])
  expect(new Set(let_in)).toEqual(new Set(here))
})

test('only the port of Flopwatch is published, on loopback; the store has no way out', () => {
  const { clickhouse, flopwatch } = compose.services
  expect(clickhouse?.ports).toEqual([])
  expect(flopwatch?.ports).toEqual([`127.0.0.1:\${HTTP_PORT:-8080}:8080`])
  expect(clickhouse?.networks).toEqual(['store'])
  expect(compose.networks['store']).toEqual({ internal: true })
})

test('no service runs as root, and Flopwatch starts once the store is healthy', () => {
  const { clickhouse, flopwatch } = compose.services
  expect(clickhouse?.user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  expect(flopwatch).toMatchObject({ build: '.', read_only: true, init: true, cap_drop: ['ALL'] })
  expect(flopwatch?.depends_on).toEqual({ clickhouse: { condition: 'service_healthy' } })
  expect(clickhouse?.healthcheck?.test.join(' ')).toMatch(/\/ping$/)
})

test('secrets come from the environment and have no default', () => {
  for (const [name, { environment }] of Object.entries(compose.services)) {
    for (const [variable, value] of Object.entries(environment)) {
      const isSecret = /TOKEN|PASSWORD/.test(variable)
      if (isSecret) expect(value, `${name} ${variable}`).toMatch(/^\$\{\w+:\?.*example\.env\}$/)
    }
  }
  const given = Object.keys(compose.services['flopwatch']?.environment ?? {})
  expect(given.filter(variable => !(variable in settingsEnvironment.shape))).toEqual([])
  expect(read('.gitignore')).toMatch(/^\.env$/m)
})

test('config/example.env names every variable that is read', () => {
  const named = [...read('config/example.env').matchAll(/^([A-Z_]+)=$/gm)].map(match => match[1])
  expect(named).toEqual(expect.arrayContaining(Object.keys(settingsEnvironment.shape)))
  const used = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(match => match[1])
  expect(used.filter(variable => !named.includes(variable))).toEqual([])
})
