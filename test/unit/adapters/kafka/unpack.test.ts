import { describe, expect, test } from 'vitest'
import { unpackLz4 } from '../../../../src/adapters/kafka/lz4.ts'
import { unpackSnappy } from '../../../../src/adapters/kafka/snappy.ts'

/** Packed by hand from the formats' descriptions; Kafka's own producers are in the contract suite. */

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
// Version 1, blocks of 64 KiB, no checksums; 'ab' + 6 from 2 back, then '!' alone.
const LZ4 = hex('04224d18 60 40 82  07000000  22 6162 0200  10 21  00000000')

describe('snappy', () => {
  test('a bare block, and frames of blocks', () => {
    expect(unpackSnappy(SNAPPY, MAX).toString()).toBe('abababab!')
    expect(unpackSnappy(SNAPPY_FRAMED, MAX).toString()).toBe('1234567890abababab!')
    expect(unpackSnappy(hex('00'), MAX)).toHaveLength(0)
  })

  test('lengths of literals in further bytes, and far copies', () => {
    const long = 'x'.repeat(70) + 'y'.repeat(300)
    const copy = hex('fe 7201') // 64 from 370 back
    // 434 bytes in all; 61: two bytes hold the length of the literal less one, 369.
    const packed = Buffer.concat([hex('b203'), hex('f4 7101'), Buffer.from(long), copy])
    expect(unpackSnappy(packed, MAX).toString()).toBe(long + long.slice(0, 64))
  })
})

describe('lz4', () => {
  test('packed and unpacked blocks, with and without checksums', () => {
    expect(unpackLz4(LZ4, MAX).toString()).toBe('abababab!')
    const stored = hex('04224d18 60 40 82  03000080 616263  00000000')
    expect(unpackLz4(stored, MAX).toString()).toBe('abc')
    const checked = hex(
      '04224d18 70 40 82  03000080 616263 deadbeef  03000080 646566 deadbeef 00000000',
    )
    expect(unpackLz4(checked, MAX).toString()).toBe('abcdef')
  })

  test('lengths go on in further bytes', () => {
    // 15 + 255 + 30 = 300 literals; then a copy of 4 + 15 + 255 + 1 from 300 back.
    const block = Buffer.concat([hex('ff ff 1e'), Buffer.alloc(300, 'z'), hex('2c01 ff 01 10 21')])
    const size = Buffer.alloc(4)
    size.writeUInt32LE(block.length)
    const packed = Buffer.concat([hex('04224d18 60 40 82'), size, block, hex('00000000')])
    expect(unpackLz4(packed, MAX).toString()).toBe(`${'z'.repeat(575)}!`)
  })
})

describe.each([
  ['snappy', unpackSnappy, SNAPPY],
  ['snappy frames', unpackSnappy, SNAPPY_FRAMED],
  ['lz4', unpackLz4, LZ4],
] as const)('damaged %s', (_, unpack, packed) => {
  test('cut anywhere or changed anywhere it is refused or gives other bytes, never more', () => {
    const attempt = (bytes: Buffer): string => {
      try {
        const unpacked = unpack(bytes, MAX)
        return unpacked.length <= MAX ? 'unpacked' : 'too long'
      } catch (fault) {
        return fault instanceof RangeError ? 'refused' : String(fault)
      }
    }
    const results = new Set<string>()
    for (let at = 0; at < packed.length; at += 1) {
      results.add(attempt(packed.subarray(0, at)))
      for (let value = 0; value < 256; value += 1) {
        const changed = Buffer.from(packed)
        changed[at] = value
        results.add(attempt(changed))
      }
    }
    expect([...results].sort()).toEqual(['refused', 'unpacked'])
  })

  test('more than allowed is refused before it is made', () => {
    expect(() => unpack(packed, 8)).toThrow(RangeError)
  })
})
