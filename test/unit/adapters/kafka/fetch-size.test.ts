import { expect, test } from 'vitest'
import { createFetchSize } from '../../../../src/adapters/kafka/fetch-size.ts'

const MIB = 2 ** 20
const BOUNDS = { bytes: 64 * MIB, partition_bytes: 32 * MIB }
const asItIs = { packed: 0, unpacked: 0 }
const packed = (ratio: number) => ({ packed: MIB, unpacked: ratio * MIB })

test('before anything has come, telemetry is taken to be packed to a twentieth', () => {
  const { bytes, partition_bytes } = createFetchSize(BOUNDS).ask()
  expect(bytes).toBe(Math.floor((64 * MIB) / 20))
  expect(partition_bytes).toBe(Math.floor((32 * MIB) / 20))
})

test('what comes as it is is asked for up to the bounds', () => {
  const size = createFetchSize(BOUNDS)
  size.brought(asItIs)
  expect(size.ask()).toEqual(BOUNDS)
})

test('what comes packed is asked for by what it unpacks to', () => {
  const size = createFetchSize(BOUNDS)
  size.brought(packed(8))
  expect(size.ask()).toEqual({ bytes: 8 * MIB, partition_bytes: 4 * MIB })
})

test('a tighter packing is believed at once, a looser one little by little', () => {
  const size = createFetchSize(BOUNDS)
  size.brought(asItIs)
  size.brought(packed(10))
  expect(size.ask().bytes).toBe(Math.floor((64 * MIB) / 10))
  size.brought(asItIs)
  expect(size.ask().bytes).toBe(8 * MIB)
  for (let fetch = 0; fetch < 10; fetch += 1) size.brought(asItIs)
  expect(size.ask()).toEqual(BOUNDS)
})

test('batches that grew by being packed are not asked for beyond the bounds', () => {
  const size = createFetchSize(BOUNDS)
  size.brought({ packed: MIB, unpacked: MIB / 2 })
  expect(size.ask()).toEqual(BOUNDS)
})

test('the largest batch that a broker takes by default gets through however tight the packing', () => {
  const size = createFetchSize(BOUNDS)
  size.brought(packed(1000))
  expect(size.ask()).toEqual({ bytes: 2 * MIB, partition_bytes: MIB })
})

test('nobody is asked for more than the bounds, however small', () => {
  const size = createFetchSize({ bytes: 1000, partition_bytes: 500 })
  expect(size.ask()).toEqual({ bytes: 1000, partition_bytes: 500 })
})
