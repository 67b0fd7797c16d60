import { expect, test } from 'vitest'
import { readingOf, stamped } from '../../../src/bench/parts/live-load.ts'
import { sampleLine } from '../../../src/bench/sample-lines.ts'

test('a reading of a collector is the lines of its devices, of whatever instant it is stamped with', () => {
  const fleet = { shape: 'wide', devices: 40, tenants: 4, interval_s: 10, from: 0 } as const
  const reading = readingOf(fleet, 30, 40)
  for (const time of ['2026-03-01T00:00:00.250Z', '2026-03-01T00:00:10.250Z']) {
    const body = stamped(reading, Date.parse(time)).toString()
    // Values are those of the first step: only the time moves on.
    const expected = Array.from({ length: 10 }, (_, at) => ({
      ...JSON.parse(sampleLine(fleet, 30 + at, 0)),
      time,
    }))
    expect(body.split('\n').map(line => JSON.parse(line))).toEqual(expected)
  }
})
