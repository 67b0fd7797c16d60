import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Gang, joinGangs } from '../../../../src/domain/run/gang.ts'
import { containment, jaccard, mergeSketches } from '../../../../src/domain/run/sketch.ts'
import { gang, minutes } from './gangs.ts'

describe('ramps', () => {
  const host = gang(300, 1000)

  test('devices that came first, ran along and stopped with the rest are one gang with them', () => {
    // 4 of 12 devices from minute 0, the other 8 from minute 300; both until minute 1000
    const first = gang(0, 1000, { devices: 4, gang_id: 'first' })
    const [joined, ...others] = joinGangs([first, host])
    expect(others).toEqual([])
    expect(joined).toMatchObject({ start: minutes(0), end: minutes(1000), devices: 12 })
    expect(joined?.device_s).toBe(host.device_s + first.device_s)
  })

  test('every step of a ramp counts its devices, whichever joined before it', () => {
    // 16 + 6 + 3 devices; the last step is less than a quarter of the rest and not inside its time
    const larger = gang(300, 1000, { devices: 16, gang_id: 'larger' })
    const steps = [
      gang(0, 1000, { devices: 6, gang_id: 'first' }),
      gang(100, 1000, { devices: 3, gang_id: 'second' }),
    ]
    expect(joinGangs([larger, ...steps])).toMatchObject([{ start: minutes(0), devices: 25 }])
  })

  test.each([
    ['stopped three minutes later', { end: minutes(1003) }],
    // 0.37 against 0.4 differs by 7.5 %
    ['works a little otherwise', { tensor_mean: 0.37 }],
    ['on another fabric', { fabric_id: 'g' }],
    ['shows neither activity nor power', { tensor_mean: null, power_mean_w: null }],
  ] as const)('one that %s is a gang of its own', (_, more) => {
    const other = gang(0, 1000, { devices: 4, gang_id: 'other', ...more })
    expect(joinGangs([host, other])).toHaveLength(2)
  })

  test('what is still under way has not stopped together with anything', () => {
    const first = gang(0, 1000, { devices: 4, gang_id: 'first' })
    expect(joinGangs([first, host], minutes(1000))).toHaveLength(2)
  })

  test('two that went on over midnight and stop together go on from both', () => {
    const wentOn = (gang_id: string) => [{ gang_id, p: 1, is_stage: false }]
    const first = gang(0, 1000, { devices: 4, gang_id: 'first', links: wentOn('a') })
    const [joined, ...others] = joinGangs([first, { ...host, links: wentOn('b') }])
    expect(others).toEqual([])
    expect(joined?.links).toEqual([...wentOn('b'), ...wentOn('a')])
  })
})

describe('stragglers', () => {
  const host = gang(0, 600)

  test('a replaced device joins the gang in whose time it worked', () => {
    // 1 of 8 devices from minute 100 to 600: 500 × 60 = 30,000 device-seconds
    const late = gang(100, 600, {
      devices: 1,
      nodes: ['13'],
      workloads: ['job-2'],
      gang_id: 'late',
    })
    expect(joinGangs([late, host])).toEqual([
      {
        ...host,
        nodes: ['11', '12', '13'],
        workloads: ['job-2'],
        edge_s: 480 + 60,
        device_s: 288_000 + 30_000,
        energy_j: 318_000 * 400,
        flop: { lo: 318_000, mid: 636_000, hi: 1_272_000 },
      },
    ])
  })

  test('one that starts or ends up to two minutes outside stretches the gang', () => {
    const early = gang(-2, 100, { devices: 1, gang_id: 'early' })
    const [joined, ...others] = joinGangs([host, early])
    expect(others).toEqual([])
    expect(joined).toMatchObject({ start: minutes(-2), end: minutes(600), devices: 8 })
  })

  test.each([
    ['more than two minutes early', { start: minutes(-3) }],
    ['more than two minutes late', { end: minutes(603) }],
    ['more than a quarter of the devices', { devices: 3 }],
    ['another chip', { chip: 'beta' }],
    ['another fabric', { fabric_id: 'g' }],
    ['another tenant', { tenant_id: 'bob' }],
    // 0.29 against 0.4 differs by more than a quarter of 0.4
    ['other tensor activity', { tensor_mean: 0.29 }],
    ['other power', { power_mean_w: 290 }],
  ] as const)('%s is a gang of its own', (_, more) => {
    const other = gang(100, 500, { devices: 1, gang_id: 'other', ...more })
    expect(joinGangs([host, other])).toHaveLength(2)
  })

  test('one that was a gang of its own the day before stays one', () => {
    const links = [{ gang_id: 'yesterday', p: 1, is_stage: false }]
    const other = gang(100, 500, { devices: 1, gang_id: 'other', links })
    expect(joinGangs([host, other])).toHaveLength(2)
  })

  test('unknown activity and power do not keep a straggler out', () => {
    const silent = gang(100, 500, {
      devices: 1,
      gang_id: 'x',
      tensor_mean: null,
      power_mean_w: null,
    })
    expect(joinGangs([host, silent])).toHaveLength(1)
  })

  test('of two hosts the larger takes it', () => {
    const larger = gang(0, 610, { devices: 16, gang_id: 'larger', nodes: ['21'] })
    const straggler = gang(10, 20, { devices: 1, gang_id: 'x', nodes: ['31'] })
    const joined = joinGangs([host, straggler, larger])
    expect(joined.find(one => one.gang_id === 'larger')?.nodes).toEqual(['21', '31'])
    expect(joined.find(one => one.gang_id === host.gang_id)).toEqual(host)
  })

  test('whatever the order, the result and the totals are the same', () => {
    const gangs = fc.array(
      fc.record({
        from: fc.nat(50),
        length: fc.integer({ min: 1, max: 100 }),
        devices: fc.integer({ min: 1, max: 20 }),
      }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(gangs, fc.infiniteStream(fc.nat()), (shapes, keys) => {
        const made = shapes.map(
          ({ from, length, devices }, index): Gang =>
            gang(from, from + length, { devices, gang_id: `g${index}` }),
        )
        const key = new Map(made.map(one => [one, keys.next().value ?? 0]))
        const shuffled = [...made].sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0))
        const joined = joinGangs(made)
        expect(joinGangs(shuffled)).toEqual(joined)
        const total = (list: readonly Gang[]) => list.reduce((sum, one) => sum + one.device_s, 0)
        expect(total(joined)).toBe(total(made))
      }),
      { numRuns: 200 },
    )
  })
})

describe('node sketches', () => {
  test('hold the 64 smallest hashes, by number and not by text', () => {
    const many = Array.from({ length: 100 }, (_, index) => String(200 - index))
    const merged = mergeSketches(many, ['9', '1000'])
    expect(merged).toHaveLength(64)
    // 9, then 101, 102 …: the 63 smallest of 101..200
    expect(merged.slice(0, 3)).toEqual(['9', '101', '102'])
    expect(merged.at(-1)).toBe('163')
  })

  test.each([
    [['1', '2', '3', '4'], ['3', '4', '5', '6'], 2 / 6],
    [['1', '2'], ['1', '2'], 1],
    [['1'], ['2'], 0],
    [[], [], 0],
  ])('likeness of %j and %j is %d', (a, b, likeness) => {
    expect(jaccard(a, b)).toBeCloseTo(likeness, 12)
    expect(jaccard(b, a)).toBeCloseTo(likeness, 12)
  })

  test.each([
    [['1', '2'], ['1', '2', '3', '4'], 1],
    [['1', '9'], ['1', '2', '3', '4'], 0.5],
    [[], ['1'], 0],
  ])('of %j, %j has the share %d', (part, whole, share) => {
    expect(containment(part, whole)).toBe(share)
  })

  test('a full sketch says nothing of hashes beyond its last', () => {
    const whole = Array.from({ length: 64 }, (_, index) => String(100 + index))
    // 100 is in it, 150 is in it, 999 lies beyond 163
    expect(containment(['100', '150', '999'], whole)).toBe(1)
  })
})
