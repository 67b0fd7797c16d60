import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue.ts'
import { regimeThresholds } from '../../src/domain/regime.ts'
import { DAY_MS, parseInstant, toSqlTime } from '../../src/domain/window.ts'
import { openReference } from '../../src/reference.ts'
import { runDetector } from '../../src/stages/detect.ts'
import { publishReference } from '../../src/stages/reference.ts'
import { detectorSource } from '../support/detectors.ts'
import { openTestStore, projectFolder, type TestStore } from '../support/store.ts'

// The detectors that read capacity and peaks, on the shipped catalogue and the default regime. The
// expected counts come from published tables, not from this code.

const H100 = 'NVIDIA H100 80GB HBM3'
const start = parseInstant('2026-01-01T00:00:00Z') ?? 0
const reference = openReference(join(projectFolder, 'config'))
const chosen = reference.regimes.get('us-iaas-2024')
if (!chosen) throw new Error('the default regime is gone')
const regime = regimeThresholds(chosen.regime, chosen.hash)
const { detectors } = openCatalogue({ ...detectorSource, regime })

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
  await publishReference(opened.store, reference.version, reference.rows)
})
afterAll(() => opened.close())

async function answer(id: string, accelerators: number, days: number, fabric_gbps: number) {
  const tenant_id = [id, accelerators, fabric_gbps].join('/')
  await opened.store.append('commitments', [
    {
      commitment_id: tenant_id,
      revision: 0,
      recorded_at: toSqlTime(start),
      content_hash: '0',
      tenant_id,
      accelerator: H100,
      accelerators,
      start: toSqlTime(start),
      end: toSqlTime(start + days * DAY_MS),
      status: 'signed',
      fabric_gbps,
      site: 'iad-1',
    },
  ])
  const detector = detectors.find(known => known.id === id)
  if (!detector) throw new Error(`no detector ${id}`)
  const at = { asOf: start, tenants: [tenant_id], catalogue: reference.version }
  const [found] = await runDetector(opened.store, detector, at)
  return found?.outcome.kind === 'finding' ? found.outcome.severity : found?.outcome.kind
}

// Reserved for one year, 3,884 H100 reach 1e26 under the upper reading (compute note 5.2); the
// horizon is 180 days, and 3,884 × 365 / 180 = 7,876. Watched from 0.3 of it on: 2,363.
test.each([
  [2300, 'clear'],
  [2400, 'info'],
  [7800, 'info'],
  [7950, 'medium'],
])('%d H100 signed for a year: %s', async (accelerators, expected) => {
  expect(await answer('capacity-could-result', accelerators, 365, 400)).toBe(expected)
})

// 1e20 op/s is 101,071 H100 in BF16 and 50,533 in FP8 (regulation note 8.3).
test.each([
  [101_500, 400, 'high'],
  [100_500, 400, 'medium'],
  [50_700, 400, 'medium'],
  [50_300, 400, 'clear'],
  [101_500, 100, 'clear'],
])('%d H100 on links of %d Gbit/s: %s', async (accelerators, gbps, expected) => {
  expect(await answer('cluster-capacity', accelerators, 90, gbps)).toBe(expected)
})

describe('the default regime and the detectors agree', () => {
  const bound = detectors.flatMap(({ id, definition, parameters }) =>
    Object.entries(definition.parameters)
      .filter(([, parameter]) => parameter.regime !== undefined)
      .map(([name, parameter]) => ({ id, name, parameter, effective: parameters[name] })),
  )
  test.each(bound)('$id.$name', ({ parameter, effective }) => {
    expect(effective?.origin).toContain('regime us-iaas-2024')
    expect(Number(effective?.value)).toBeCloseTo(Number(parameter.default), -12)
    expect(effective?.compare).toBe(parameter.compare)
  })
})
