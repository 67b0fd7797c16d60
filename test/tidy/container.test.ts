import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { createMetrics } from '../../src/adapters/metrics.ts'
import { GRACE_S } from '../../src/commands/shutdown.ts'
import { settingsEnvironment } from '../../src/domain/settings.ts'
import { listFiles, root } from './source-tree.ts'

/** What can be held of the container files without an engine to run them. */

const MAKE_SECRETS = join(root, 'config/compose/make-secrets.mjs')
const read = (path: string): string => listFiles(path)[0]?.text ?? ''

const service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  user: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  read_only: z.boolean().default(false),
  init: z.boolean().default(false),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  stop_grace_period: z.string().optional(),
  restart: z.string().optional(),
})
const composeFile = z.object({
  name: z.string(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
})

const compose = composeFile.parse(parse(read('docker-compose.yml'), { merge: true }))
const services = Object.entries(compose.services)
/** Services that stay; the others do one thing and end. */
const lasting = services.filter(([, { restart }]) => restart !== undefined)
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
  const images = services.map(([, { image }]) => image)
  expect(images).toContain(`flopwatch:${manifest.version}`)
  expect(images.filter(image => !/:v?\d+(\.\d+){2,}$/.test(image))).toEqual([])
})

test('the image has no embedded engine, no tests, no root, and tells its health', () => {
  expect(instructions('RUN')[0]).toBe(
    'npm ci --omit=dev --ignore-scripts && rm -rf node_modules/chdb node_modules/@chdb',
  )
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

test('only pages are published, on loopback; store, log and watchers have no way out', () => {
  const published = services.flatMap(([name, { ports }]) => ports.map(port => [name, port]))
  expect(published).toEqual([
    ['flopwatch', `127.0.0.1:\${HTTP_PORT:-8080}:8080`],
    ['grafana', `127.0.0.1:\${GRAFANA_PORT:-3000}:3000`],
  ])
  const outward = services.filter(([, { networks }]) => networks.includes('front'))
  expect(outward.map(([name]) => name)).toEqual(['flopwatch', 'grafana'])
  const { front, ...inner } = compose.networks
  expect(front).toBeNull()
  expect(Object.values(inner)).toEqual([{ internal: true }, { internal: true }])
  const alone = services.filter(([, { networks }]) => networks.length === 0)
  expect(alone.map(([name, { network_mode }]) => [name, network_mode])).toEqual([
    ['secrets', 'none'],
  ])
})

test('no service runs as root, gains rights or writes to its image without need', () => {
  for (const [name, given] of services) {
    expect(given.cap_drop, name).toEqual(['ALL'])
    expect(given.security_opt, name).toEqual(['no-new-privileges:true'])
    // The image of Flopwatch names its user itself; those of others are named here.
    if (given.build === undefined) expect(given.user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  }
  // Both write settings that they make from their environment into their image.
  const writing = services.filter(([, { read_only }]) => !read_only).map(([name]) => name)
  expect(writing).toEqual(['kafka', 'clickhouse'])
})

test('whatever stays tells its health and is given time to end', () => {
  expect(lasting.map(([name]) => name)).toEqual([
    'kafka',
    'clickhouse',
    'flopwatch',
    'ingest',
    'prometheus',
    'grafana',
  ])
  for (const [name, { build, healthcheck, stop_grace_period }] of lasting) {
    // That of Flopwatch is in its image.
    if (build === undefined) expect(healthcheck?.test[0], name).toBe('CMD')
    expect(Number.parseInt(stop_grace_period ?? '', 10), name).toBeGreaterThan(GRACE_S)
  }
})

test('one command starts all that is needed, each once what it needs is there', () => {
  const always = services.filter(([, { profiles }]) => profiles.length === 0)
  expect(always.map(([name]) => name)).toEqual([
    'secrets',
    'kafka',
    'clickhouse',
    'prepare',
    'flopwatch',
  ])
  const waits = (name: string) =>
    Object.entries(compose.services[name]?.depends_on ?? {}).map(
      ([other, { condition }]) => `${other} ${condition}`,
    )
  expect(waits('clickhouse')).toEqual(['secrets service_completed_successfully'])
  expect(waits('prepare')).toEqual([
    'secrets service_completed_successfully',
    'clickhouse service_healthy',
    'kafka service_healthy',
  ])
  expect(compose.services['prepare']?.command).toEqual(['migrate', '--topics'])
  for (const name of ['flopwatch', 'ingest']) {
    expect(waits(name)).toEqual(['prepare service_completed_successfully'])
  }
  const { ingest, grafana, prometheus } = compose.services
  expect([ingest?.profiles, grafana?.profiles, prometheus?.profiles]).toEqual([
    ['scale'],
    ['grafana'],
    ['grafana'],
  ])
})

test('secrets are drawn, not written down: each is a file of the volume', () => {
  for (const [name, { environment, volumes }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      if (!/TOKEN|PASSWORD|SECRET/.test(variable)) continue
      expect(variable, name).toMatch(/_FILE$/)
      expect(value, name).toMatch(/\/secrets\/[a-z-]+$/)
    }
    // Who reads them cannot change them.
    const mounts = volumes.filter(volume => volume.startsWith('secrets:'))
    const wanted = name === 'secrets' ? /secrets$/ : /secrets:ro$/
    expect(mounts.filter(mount => !wanted.test(mount))).toEqual([])
  }
  const given = Object.keys(compose.services['flopwatch']?.environment ?? {})
  expect(given.filter(variable => !(variable in settingsEnvironment.shape))).toEqual([])
  const drawn = read('config/compose/make-secrets.mjs')
  const used = new Set(read('docker-compose.yml').match(/(?<=secrets\/)[a-z]+(-password)?\b(?!:)/g))
  for (const secret of used) expect(drawn).toContain(`'${secret}'`)
  expect(read('.gitignore')).toMatch(/^\.env$/m)
})

test('secrets are drawn once, long, and never shown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-secrets-'))
  try {
    const draw = () => execFileSync(process.execPath, [MAKE_SECRETS, folder], { encoding: 'utf8' })
    const take = () => ['store-password', 'token', 'grafana-password'].map(name => readSecret(name))
    const readSecret = (name: string) => readFileSync(join(folder, name), 'utf8')
    const shown = draw()
    const first = take()
    expect(draw()).toBe(shown)
    expect(take()).toEqual(first)
    expect(new Set(first).size).toBe(3)
    for (const secret of first) {
      expect(secret).toMatch(/^[0-9a-f]{48}$/)
      expect(shown).not.toContain(secret)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('the dashboard asks for metrics that the product has', async () => {
  const { text } = await createMetrics({ process: true }).exposition()
  const known = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(match => match[1]))
  const asked = read('config/grafana/dashboards/flopwatch.json').match(/flopwatch_\w+/g) ?? []
  expect(asked.length).toBeGreaterThan(10)
  const bare = (name: string) => name.replace(/_(bucket|count|sum)$/, '')
  expect(asked.filter(name => !known.has(name) && !known.has(bare(name)))).toEqual([])
})

test('config/example.env names every variable that is read', () => {
  const named = [...read('config/example.env').matchAll(/^([A-Z_]+)=$/gm)].map(match => match[1])
  expect(named).toEqual(expect.arrayContaining(Object.keys(settingsEnvironment.shape)))
  const used = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(match => match[1])
  expect(used.filter(variable => !named.includes(variable))).toEqual([])
})
