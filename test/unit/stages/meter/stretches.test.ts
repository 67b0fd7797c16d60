import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBuildNumbers } from '../../../../src/domain/build.ts'
import { meterSettings } from '../../../../src/domain/meter-settings.ts'
import { HOUR_MS } from '../../../../src/domain/window.ts'
import type { Row } from '../../../../src/ports/store.ts'
import { sampleRows } from '../../../../src/stages/meter/hour-rows.ts'
import { packHours } from '../../../../src/stages/meter/pack-hours.ts'
import { EVERYBODY } from '../../../../src/stages/meter/scope.ts'
import { createMeter } from '../../../../src/stages/meter.ts'
import {
  at,
  HOUR,
  type MeterBench,
  openMeterBench,
  sample,
  VERSION,
} from '../../../support/meter-bench.ts'

/** An hour of more samples than a statement may read is cut by device, and no number tells. */

let bench: MeterBench
beforeAll(async () => {
  bench = await openMeterBench({
    hours: 'select * except (build, is_deleted) from device_hours final order by all',
    deleted: 'select count() as n from device_hours where is_deleted = 1',
  })
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const UNTIL = HOUR + 100 * HOUR_MS
const ROWS_MAX = 20

/** A meter over the same store whose statements read so few samples that every hour is cut. */
function cuttingMeter() {
  return createMeter({
    store: bench.store,
    clock: bench.clock,
    // Builds that are later than those of the other meter.
    builds: createBuildNumbers(() => bench.clock.now() + HOUR_MS),
    settings: { ...meterSettings.parse(undefined), rows_per_statement: ROWS_MAX },
    catalogueVersion: VERSION,
  })
}

/**
 * Twelve devices, four to a node, a sample in ten minutes for three hours, by counter, gauge and
 * power in turn. The node of d00 to d03 has a meter of its own; d04 moves there half-way and takes
 * another tenant along; d11 is on no node.
 */
function fleet(): Row[] {
  const rows: Row[] = []
  for (let minute = 10; minute <= 180; minute += 10) {
    for (let index = 0; index < 12; index += 1) {
      const moved = index === 4 && minute > 95
      const node_id = index === 11 ? '' : moved ? 'n0' : `n${index >> 2}`
      const readings = [
        { mma_cycles_total: minute * 3e9, sm_cycles_total: minute * 1e10 },
        { tensor_active: ((minute + index) % 10) / 10 },
        { power_w: 300 + index * 10, gpu_util: 0.8 },
      ][index % 3]
      const name = `d${String(index).padStart(2, '0')}`
      const tenant_id = moved ? 'guest' : 'acme'
      rows.push(sample(name, at(minute), 600, { node_id, site: 's', tenant_id, ...readings }))
    }
    const meter = { node_id: 'n0', site: 's', power_scope: 'node', device_count: 4, power_w: 1500 }
    rows.push(sample('meter', at(minute), 600, meter))
  }
  return rows
}

test('the same device-hours come out, node meters and moves between nodes included', async () => {
  await bench.send(...fleet())
  await bench.rebuild(UNTIL)
  const whole = await bench.probe('hours')
  expect(whole.length).toBeGreaterThan(12 * 3)

  await bench.reset()
  await bench.send(...fleet())
  await cuttingMeter().rebuild(UNTIL)
  expect(await bench.probe('hours')).toEqual(whole)
})

test('an hour is cut into stretches of ids that leave none out', async () => {
  await bench.send(...fleet())
  const rows = await sampleRows(bench.store, new Map([[HOUR, HOUR]]), EVERYBODY)
  const [statement] = await packHours([HOUR], rows, ROWS_MAX)
  const own = statement?.stretches ?? []
  // 13 devices of 12 samples in the two hours that are read: a stretch begins with the devices at
  // rows 0, 24, 48, 60, 84, 108, 120 and 144, the first beyond each multiple of 20
  expect(own).toHaveLength(8)
  expect(own[0]?.first).toBe('')
  expect(own.slice(1).map(({ first }) => first)).toEqual(own.slice(0, -1).map(({ end }) => end))
  expect(own.at(-1)?.end).toBe('')
})

test('what a correction moved away is buried in every stretch', async () => {
  await bench.send(...fleet())
  await bench.rebuild(UNTIL)
  const corrected = {
    tensor_active: 0.5,
    tenant_id: 'other',
    revision: 1,
    node_id: 'n1',
    site: 's',
  }
  await bench.send(
    ...[10, 20, 30, 40, 50, 60].map(minute => sample('d05', at(minute), 600, corrected)),
  )
  await cuttingMeter().rebuild(UNTIL)
  expect(await bench.probe('deleted')).toEqual([{ n: '1' }])
})
