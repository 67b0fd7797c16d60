import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CatalogueSource, loadCatalogue, openCatalogue } from '../../src/catalogue.ts'
import { lockDetectors } from '../../src/commands/detector-lock.ts'
import type { RegimeThresholds } from '../../src/domain/detector.ts'
import { detectorSource } from '../support/detectors.ts'

const RUN = 'run-operations-threshold'
const EUROPE: RegimeThresholds = {
  id: 'eu',
  hash: 'h',
  thresholds: { training_operations: { value: '1e25', compare: 'at_least' } },
}

let folder: string
let source: CatalogueSource
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-catalogue-'))
  await cp(join(detectorSource.detectorFolder, RUN), join(folder, RUN), { recursive: true })
  source = { ...detectorSource, detectorFolder: folder }
  lockDetectors(source)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function overriding(value: string, parameter = 'operations_max'): Promise<CatalogueSource> {
  const file = join(folder, 'thresholds.yaml')
  const lines = [
    'overrides:',
    `  - detector: ${RUN}`,
    `    parameter: ${parameter}`,
    `    value: "${value}"`,
    '    reason: A stricter house rule while the pilot lasts.',
    '    by: j.doe',
    '    since: 2026-02-01',
  ]
  await writeFile(file, lines.join('\n'))
  return { ...source, thresholdsFile: file }
}

async function edit(from: string, to: string): Promise<void> {
  const file = join(folder, RUN, 'detector.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}

const operationsMax = (from: CatalogueSource) =>
  openCatalogue(from).detectors[0]?.parameters['operations_max']

test('a parameter without regime or override keeps its default', () => {
  expect(operationsMax(source)).toEqual({
    value: '1e26',
    unit: 'operations',
    compare: 'above',
    origin: 'default',
  })
})

test('a regime gives value and comparison', () => {
  expect(operationsMax({ ...source, regime: EUROPE })).toMatchObject({
    value: '1e25',
    compare: 'at_least',
    origin: 'regime eu: training_operations',
  })
})

test('an override wins and says by whom, since when and why', async () => {
  expect(operationsMax({ ...(await overriding('5e25')), regime: EUROPE })).toMatchObject({
    value: '5e25',
    origin:
      'thresholds.yaml by j.doe since 2026-02-01: A stricter house rule while the pilot lasts.',
  })
})

test.each([
  ['1e29', 'operations_max', '1e29 operations is outside 1e20 to 1e28'],
  ['1', 'no_such', `${RUN} has no parameter no_such`],
])('an override of %s for %s refuses to load, with its line', async (value, name, message) => {
  const { faults } = loadCatalogue(await overriding(value, name))
  expect(faults[0]).toMatchObject({ file: join(folder, 'thresholds.yaml'), line: 2 })
  expect(faults[0]?.message).toContain(message)
})

test('a part of a regime threshold moves with it', () => {
  const all = loadCatalogue({ ...detectorSource, regime: EUROPE }).bundle.detectors
  const unknown = all.find(({ id }) => id === 'unknown-identity-material-compute')
  // one per cent of 1e25
  expect(Number(unknown?.parameters['operations_material']?.value)).toBeCloseTo(1e23, -10)
})

test('the bundle hash follows every value, and nothing else', async () => {
  const plain = openCatalogue(source).hash
  expect(openCatalogue(source).hash).toBe(plain)
  expect(openCatalogue(await overriding('5e25')).hash).not.toBe(plain)
  expect(openCatalogue({ ...source, regime: EUROPE }).hash).not.toBe(plain)
})

test('an edited rule does not start until the lock gives it a version', async () => {
  await edit('min: "1e20"', 'min: "1e21"')
  expect(() => openCatalogue(source)).toThrow('differs from LOCK.yaml')
  expect(lockDetectors(source).changed).toEqual([`${RUN} is now version 2`])
  expect(openCatalogue(source).detectors[0]?.version).toBe(2)
})

test.each([
  ['unit: operations\n', 'unit: ratio\n', 'operations_max is in operations, not in ratio'],
  ['passes: operations_max', 'passes: nothing', 'names no parameter: nothing'],
  ['severity: critical', 'severity: awful', 'severity'],
  ['status: stable', 'status: experimental', 'an experimental detector raises signals only'],
  ['default: "365"', 'default: "5"', '5 days is outside 30 to 1100'],
])('%s turned into %s is a fault with its line', async (from, to, message) => {
  await edit(from, to)
  const { faults } = loadCatalogue(source)
  const fault = faults.find(found => found.message.includes(message))
  expect(fault?.line).toBeGreaterThan(1)
})
