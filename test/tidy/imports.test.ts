import { expect, test } from 'vitest'
import { importsOf, listFiles } from './source-tree.ts'

/**
 * Who may import what. A room is a folder of `src/`, or a file directly in it. Third parties are
 * packages; `node:` modules are granted apart. No baseline: what is not granted fails.
 */
interface Grant {
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
  readonly node: readonly string[]
}

const RULES: Record<string, Grant> = {
  domain: { rooms: ['domain'], packages: ['zod', 'canonicalize'], node: ['node:crypto'] },
  ports: { rooms: ['domain', 'ports'], packages: ['zod'], node: [] },
  stages: {
    rooms: ['domain', 'ports', 'stages'],
    packages: ['zod', 'simple-statistics', 'p-limit'],
    node: ['node:crypto'],
  },
  fixtures: { rooms: ['domain', 'ports', 'fixtures'], packages: ['zod'], node: ['node:crypto'] },
  simulate: {
    rooms: ['domain', 'simulate'],
    packages: ['pure-rand', 'zod'],
    node: ['node:crypto'],
  },
  evaluate: {
    rooms: ['domain', 'ports', 'stages', 'simulate', 'evaluate'],
    packages: ['zod'],
    node: ['node:zlib'],
  },
  adapters: { rooms: ['domain', 'ports', 'adapters'], packages: ['*'], node: ['*'] },
  console: { rooms: ['domain', 'ports', 'console'], packages: ['zod'], node: ['node:crypto'] },
  terminal: {
    rooms: ['domain', 'terminal'],
    packages: ['cli-table3', 'cli-progress'],
    node: ['*'],
  },
  http: {
    rooms: ['domain', 'ports', 'http', 'console'],
    packages: ['fastify', 'zod', 'prom-client'],
    node: ['node:crypto', 'node:stream', 'node:zlib'],
  },
  bench: { rooms: ['*'], packages: ['zod'], node: ['*'] },
  commands: { rooms: ['*'], packages: ['zod', 'yaml', 'commander'], node: ['*'] },
  'settings.ts': {
    rooms: ['domain', 'settings', 'yaml-file.ts'],
    packages: ['zod', 'yaml'],
    node: ['*'],
  },
  'catalogue.ts': { rooms: ['domain', 'yaml-file.ts'], packages: ['zod', 'yaml'], node: ['*'] },
  'reference.ts': { rooms: ['domain', 'yaml-file.ts'], packages: ['zod', 'yaml'], node: ['*'] },
  'yaml-file.ts': { rooms: ['domain'], packages: ['yaml', 'zod'], node: ['*'] },
  'fixture-files.ts': { rooms: ['fixtures', 'yaml-file.ts'], packages: [], node: ['*'] },
  'policy.ts': { rooms: ['domain', 'reference.ts', 'yaml-file.ts'], packages: [], node: ['*'] },
  'pipeline.ts': { rooms: ['domain', 'ports', 'stages'], packages: [], node: [] },
  'app.ts': { rooms: ['*'], packages: ['zod'], node: ['*'] },
  'main.ts': { rooms: ['adapters', 'commands'], packages: [], node: ['*'] },
}

/** A library that stands behind a port appears in one place only. */
const HOME: Record<string, RegExp> = {
  '@clickhouse/client': /^src\/adapters\/clickhouse\//,
  chdb: /^src\/adapters\/clickhouse\/connect\.ts$/,
  kafkajs: /^src\/adapters\/kafka\//,
  pdfkit: /^src\/adapters\/render\//,
  fastify: /^src\/(http\/|app\.ts)/,
  'simple-statistics': /^src\/stages\/kinds\//,
  'pure-rand': /^src\/(simulate|commands)\//,
}

const roomOf = (path: string): string => path.split('/')[1] ?? ''
const files = listFiles('src/**/*.ts', 'src/*.ts').filter(file => file.path.endsWith('.ts'))

test('every file stands in a room that has import rules', () => {
  const strangers = files.map(file => file.path).filter(path => !RULES[roomOf(path)])
  expect(strangers).toEqual([])
})

test('rooms import only what they are granted', () => {
  const faults = files.flatMap(importsOf).flatMap(found => {
    const grant = RULES[roomOf(found.from)]
    if (!grant) return []
    const allowed = found.isOurs
      ? [...grant.rooms, '*'].includes(roomOf(found.target)) || grant.rooms.includes('*')
      : found.target.startsWith('node:')
        ? grant.node.includes('*') || grant.node.some(name => found.target.startsWith(name))
        : grant.packages.includes('*') || grant.packages.includes(found.target)
    return allowed ? [] : [`${found.from} imports ${found.target}`]
  })
  expect(faults).toEqual([])
})

test('stages do not know each other', () => {
  const faults = files
    .filter(file => /^src\/stages\/[^/]+\.ts$/.test(file.path))
    .flatMap(importsOf)
    .filter(({ target }) => /^src\/stages\/[^/]+\.ts$/.test(target))
    .map(({ from, target }) => `${from} imports ${target}`)
  expect(faults).toEqual([])
})

test('a library behind a port appears in its home only', () => {
  const faults = files
    .flatMap(importsOf)
    .filter(({ target, from }) => HOME[target] !== undefined && !HOME[target].test(from))
    .map(({ from, target }) => `${from} imports ${target}`)
  expect(faults).toEqual([])
})

test('imports form no cycle between rooms', () => {
  const edges = new Map<string, Set<string>>()
  for (const { from, target, isOurs } of files.flatMap(importsOf)) {
    if (!isOurs || roomOf(from) === roomOf(target)) continue
    edges.set(roomOf(from), (edges.get(roomOf(from)) ?? new Set()).add(roomOf(target)))
  }
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean => {
    if (seen.has(from)) return false
    seen.add(from)
    return [...(edges.get(from) ?? [])].some(next => next === goal || reaches(next, goal, seen))
  }
  expect([...edges.keys()].filter(room => reaches(room, room))).toEqual([])
})
