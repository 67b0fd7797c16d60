import { describe, expect, test } from 'vitest'
import { unpackSnappy } from '../../../../src/adapters/kafka/snappy.ts'

/** Packed by hand from the format's description; Kafka's own producers are in the contract suite. */

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const MAX = 1_000_000

// 'abababab!': two literals, a copy of 6 from 2 back (it overlaps itself), one literal.
const SNAPPY = hex('09  04 6162  09 02  00 21')
// Magic and versions, then a frame of 12 bytes ('1234567890') and one of 8 (the block above).
const SNAPPY_FRAMED = Buffer.concat([
  hex('82534e4150505900 00000001 00000001'),
  hex('0000000c 0a 24 31323334353637383930'),
  hex('00000008'),
  SNAPPY,
])

test('a bare block, and frames of blocks', async () => {
  expect((await unpackSnappy(SNAPPY, MAX)).toString()).toBe('abababab!')
  expect((await unpackSnappy(SNAPPY_FRAMED, MAX)).toString()).toBe('1234567890abababab!')
  expect(await unpackSnappy(hex('00'), MAX)).toHaveLength(0)
})

describe.each([
  ['a block', SNAPPY],
  ['frames', SNAPPY_FRAMED],
] as const)('%s', (_, packed) => {
  test('cut anywhere it is refused, or the frames before the cut are given', async () => {
    for (let at = 0; at < packed.length; at += 1) {
      const text = await unpackSnappy(packed.subarray(0, at), MAX).then(String, () => 'refused')
      expect(['refused', '', '1234567890']).toContain(text)
    }
  })

  test('more than allowed is refused before it is made', async () => {
    await expect(unpackSnappy(packed, 8)).rejects.toThrow(RangeError)
  })

  test('a length that lies is refused', async () => {
    const lying = Buffer.from(packed)
    lying[lying.indexOf(0x09)] = 0x7f
    await expect(unpackSnappy(lying, MAX)).rejects.toThrow()
  })
})
