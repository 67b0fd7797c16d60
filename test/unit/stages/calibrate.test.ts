import { afterAll, beforeAll, expect, test } from 'vitest'
import { fitRatios } from '../../../src/domain/calibration-fit.ts'
import { labelledRun } from '../../../src/domain/labelled-run.ts'
import { createLabelReader } from '../../../src/stages/calibrate.ts'
import { fillLookups } from '../../../src/stages/reference.ts'
import { at, type MeterBench, openMeterBench, sample } from '../../support/meter-bench.ts'
import { shipped } from '../../support/reference.ts'

/** Labelled runs against hours of the store, under factors of one operation a second: see below. */

const A100 = 'nvidia-a100-sxm4-80gb'
const SPAN = { start: '2026-01-01T05:00:00Z', end: '2026-01-01T06:00:00Z' }

let bench: MeterBench
let read: ReturnType<typeof createLabelReader>
beforeAll(async () => {
  bench = await openMeterBench()
  const version = 'test'
  await bench.store.append('chip_names', [{ version, name: 'a100', chip: A100 }])
  await bench.store.append(
    'chips',
    [A100].map(chip => ({
      version,
      chip,
      idle_w: 40,
      tdp_w: 400,
      host_w: 0,
      clock_ref_mhz: null,
      sm_count: null,
      scale_out_gbit_per_s: null,
    })),
  )
  // What the priors would put there: 312e12 a tensor-active second.
  await bench.store.append('estimate_factors', [
    { version, chip: A100, tier: 'T2', precision: '', lo: 2e14, mid: 3.12e14, hi: 4e14 },
  ])
  await fillLookups(bench.store, version)
  const minutes = [10, 11, 12]
  await bench.send(
    ...minutes.map(minute =>
      sample('a', at(minute), 60, { accelerator: 'a100', tensor_active: 0.5, tenant_id: 'lab' }),
    ),
    sample('b', at(10), 60, { accelerator: 'a100', tensor_active: 0.5, tenant_id: 'mixed' }),
    sample('c', at(10), 60, { accelerator: 'alpha', tensor_active: 0.5, tenant_id: 'mixed' }),
  )
  await bench.rebuild()
  const { catalogue, estimation } = shipped
  read = createLabelReader({ store: bench.store, catalogue, priors: estimation, fits: [] })
})
afterAll(() => bench.close())

const label = (fields: object) => labelledRun.parse({ run: 'r', precision: 'bf16', ...fields })

test('true operations over the estimate: 0.5 × 180 s × 312e12 = 2.808e16 against 3.0888e16 is 1.1', async () => {
  const found = await read(label({ tenant_id: 'lab', operations: 3.0888e16, ...SPAN }))
  expect(found).toMatchObject({ chip: A100, tier: 'T2', ratio: expect.closeTo(1.1, 9) })
})

test('a run known by its hours alone is held against T5: 0.35 / 0.88 × 312e12 × 3600 an hour', async () => {
  const operations = (0.35 / 0.88) * 312e12 * 3600 * 10 * 0.9
  const found = await read(label({ chip: A100, device_hours: 10, operations }))
  expect(found).toMatchObject({ tier: 'T5', ratio: expect.closeTo(0.9, 9) })
})

test('what cannot be used says why', async () => {
  const operations = 1e16
  const why = await Promise.all([
    read(label({ tenant_id: 'nobody', operations, ...SPAN })),
    read(label({ tenant_id: 'mixed', operations, ...SPAN })),
    read(label({ chip: 'mystery', device_hours: 1, operations })),
  ])
  expect(why).toEqual([
    'nothing of it was metered',
    'it ran on no one known chip',
    'the catalogue knows no chip mystery',
  ])
})

test('three such runs are a fit that estimates then use', async () => {
  const found = await Promise.all(
    [1, 1.1, 1.2].map(scale =>
      read(label({ tenant_id: 'lab', operations: 2.808e16 * scale, ...SPAN })),
    ),
  )
  const ratios = found.flatMap(one => (typeof one === 'string' ? [] : [one]))
  expect(fitRatios(ratios).fits).toMatchObject([{ chip: A100, tier: 'T2', ratio: 1.1 }])
})

test('a label that is neither metered nor billed is refused', () => {
  expect(() => label({ operations: 1 })).toThrow()
  expect(() => label({ tenant_id: 'lab', operations: 1, start: 'noon', end: SPAN.end })).toThrow()
})
