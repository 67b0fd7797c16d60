import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gangsOfDay, type Island } from '../../src/domain/run/island.ts'
import { DAY_MS, MINUTE_MS } from '../../src/domain/window.ts'

/** Gangs of a day do not depend on the order in which the store tells of devices. */

const DAY = Date.UTC(2026, 0, 5)
const RULES = { idle_gap_s: 900, gang_start_s: 300, gang_overlap_min: 0.5 }
/** Two gangs were under way at midnight; one device of the first has gone to neither. */
const CARRIED = new Map([
  ['device-0', 'gang-a'],
  ['device-1', 'gang-a'],
  ['device-2', 'gang-b'],
])

/** Amounts whose sums depend on the order in which they are added. */
const amount = fc.double({ min: 1e15, max: 1e22, noNaN: true })
const island = fc
  .record({
    device: fc.integer({ min: 0, max: 9 }),
    fabric: fc.integer({ min: 0, max: 1 }),
    from: fc.integer({ min: 0, max: 60 }),
    minutes: fc.integer({ min: 1, max: 200 }),
    follows_unseen: fc.boolean(),
    device_s: fc.double({ min: 1, max: 86_400, noNaN: true }),
    lo: amount,
  })
  .map(({ device, fabric, from, minutes, follows_unseen, device_s, lo }): Island => {
    const start = DAY + 5 * from * MINUTE_MS
    return {
      tenant_id: 'acme',
      chip: 'alpha',
      fabric_id: `fabric-${fabric}`,
      site: 's',
      device_id: `device-${device}`,
      device_key: `device-${device}`,
      node_key: `node-${device >> 1}`,
      follows_unseen,
      units: 1,
      workloads: [`job-${from}`],
      start,
      end: start + minutes * MINUTE_MS,
      sample_s: 60,
      cuts: 1,
      device_s,
      energy_j: device_s / 3,
      flop: { lo, mid: lo * 1.1, hi: lo * 1.7 },
      tier: 'T2',
      tensor_s: device_s / 7,
      tensor_device_s: device_s / 1.3,
    }
  })

/** Islands of a device lie apart. */
const islands = fc.uniqueArray(island, {
  selector: ({ device_id, fabric_id }) => `${device_id} ${fabric_id}`,
  minLength: 1,
  maxLength: 20,
})

test('gangs are the same, to the last digit, in whatever order devices come', () => {
  const shuffled = islands.chain(all =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  )
  const day = { start: DAY, end: DAY + DAY_MS }
  const byId = (found: readonly Island[]) =>
    gangsOfDay(found, CARRIED, day, RULES).sort((a, b) => (a.gang_id < b.gang_id ? -1 : 1))
  fc.assert(
    fc.property(shuffled, ([all, mixed]) => {
      expect(byId(mixed)).toEqual(byId(all))
    }),
    { numRuns: 300 },
  )
})
