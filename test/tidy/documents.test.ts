import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { CommandContext } from '../../src/commands/context.ts'
import { buildMenu } from '../../src/commands/menu.ts'
import { FAULTS } from '../../src/domain/fault.ts'
import { listFiles, root } from './source-tree.ts'

/** Documents name what the code has, so that neither can move on without the other. */

const read = (path: string): string => listFiles(path)[0]?.text ?? ''
const readme = read('README.md')

/** For a menu that is looked at and never run. */
const nowhere: CommandContext = {
  stdin: Readable.from([]),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  environment: {},
  projectFolder: root,
  clock: { now: () => 0 },
  stopped: Promise.resolve(),
  memoryPeak_bytes: () => 0,
  cpu_s: () => 0,
}

/** Cells of the rows whose first cell holds a word in code style. */
function rows(text: string): { readonly names: string[]; readonly cells: string[] }[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => {
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(cell => cell.trim())
      const names = [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')
      return { names, cells }
    })
}

test('README tells of every fault what to do about it, in the words of the program', () => {
  const told = new Map(rows(readme).flatMap(({ names, cells }) => names.map(name => [name, cells])))
  const differing = Object.entries(FAULTS)
    .filter(([code, { remedy }]) => told.get(code)?.at(-1) !== remedy)
    .map(([code, { remedy }]) => `| \`${code}\` | … | ${remedy} |`)
  expect(differing).toEqual([])
  const codes = [...told.keys()].filter(name => /^[A-Z]+_[A-Z_]+$/.test(name))
  expect(codes.filter(code => !(code in FAULTS))).toEqual([])
})

test('README has a row for every command', () => {
  const menu = buildMenu(nowhere, () => undefined)
  const told = new Set(rows(readme).flatMap(({ names }) => names.map(name => name.split(' ')[0])))
  expect(menu.commands.map(command => command.name()).filter(name => !told.has(name))).toEqual([])
})

test('ARCHITECTURE has a room for every folder and file directly under src', () => {
  const architecture = read('ARCHITECTURE.md')
  const entries = new Set(
    listFiles('src').map(({ path }) => {
      const [, name = '', ...deeper] = path.split('/')
      return deeper.length > 0 ? `${name}/` : name
    }),
  )
  expect(entries.size).toBeGreaterThan(10)
  expect([...entries].filter(name => !architecture.includes(`\`${name}\``))).toEqual([])
})

test('CHANGELOG says what is pending', () => {
  expect(read('CHANGELOG.md')).toMatch(/^## Pending\n\n- \S/m)
})

test('files that documents link to are there', () => {
  const documents = listFiles('*.md', 'detectors/*.md')
  const missing = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)]
      .map(match => new URL(match[1] ?? '', `file:///${path}`).pathname.slice(1))
      .filter(target => listFiles(target).length === 0)
      .map(target => `${path} links to ${target}`),
  )
  expect(missing).toEqual([])
})
