import { append, type Output, repeat, reserve } from './unpack.ts'

/**
 * LZ4 frames, which Kafka's producers write; Node has no LZ4. Checksums are left out: each batch
 * carries Kafka's own. Format: lz4/lz4, lz4_Frame_format.md and lz4_Block_format.md.
 */

const MAGIC = 0x184d2204
const UNCOMPRESSED = 0x80000000

/** Throws RangeError on damaged input and when the result would exceed `bytes_max`. */
export function unpackLz4(input: Buffer, bytes_max: number): Buffer {
  const frame = readHeader(input)
  const output = reserve(Math.min(frame.block_bytes_max, bytes_max), bytes_max)
  let at = frame.next
  for (;;) {
    const size = input.readUInt32LE(at)
    at += 4
    if (size === 0) return output.bytes.subarray(0, output.size)
    const length = size % UNCOMPRESSED
    const block = input.subarray(at, at + length)
    if (block.length < length) throw new RangeError('an LZ4 block is cut off')
    grow(output, frame.block_bytes_max, bytes_max)
    if (size < UNCOMPRESSED) unpackBlock(block, output)
    else append(output, block, 0, length)
    at += length + (frame.hasBlockChecksums ? 4 : 0)
  }
}

function readHeader(input: Buffer): {
  next: number
  block_bytes_max: number
  hasBlockChecksums: boolean
} {
  if (input.readUInt32LE(0) !== MAGIC) throw new RangeError('this is no LZ4 frame')
  const flags = input.readUInt8(4)
  const code = (input.readUInt8(5) >>> 4) & 7
  if (flags >>> 6 !== 1 || code < 4) throw new RangeError('an LZ4 frame of an unknown version')
  if (flags & 1) throw new RangeError('an LZ4 frame with a dictionary')
  return {
    // Magic, flags, block size, the size of the content where it is told, a check of all these.
    next: 7 + (flags & 8 ? 8 : 0),
    block_bytes_max: 4 ** code * 256,
    hasBlockChecksums: (flags & 16) !== 0,
  }
}

/** Room for one more block, at least doubling so that the sum of the copies stays linear. */
function grow(output: Output, block_bytes: number, bytes_max: number): void {
  const wanted = output.size + block_bytes
  if (wanted <= output.bytes.length || output.bytes.length === bytes_max) return
  const larger = Buffer.allocUnsafe(Math.min(bytes_max, Math.max(wanted, output.bytes.length * 2)))
  output.bytes.copy(larger, 0, 0, output.size)
  output.bytes = larger
}

/** Sequences of literals and a copy; the last one is literals alone. */
function unpackBlock(block: Buffer, output: Output): void {
  const reader = { block, at: 0 }
  while (reader.at < block.length) {
    const token = readByte(reader)
    const literals = readLength(reader, token >>> 4)
    append(output, block, reader.at, literals)
    reader.at += literals
    if (reader.at === block.length) return
    const distance = readByte(reader) | (readByte(reader) << 8)
    repeat(output, distance, readLength(reader, token & 15) + 4)
  }
}

interface Reader {
  readonly block: Buffer
  at: number
}

function readByte(reader: Reader): number {
  const byte = reader.block[reader.at]
  if (byte === undefined) throw new RangeError('an LZ4 block is cut off')
  reader.at += 1
  return byte
}

/** 15 means that bytes follow which add to it, until one is not 255. */
function readLength(reader: Reader, start: number): number {
  let length = start
  if (start < 15) return length
  for (;;) {
    const byte = readByte(reader)
    length += byte
    if (byte < 255) return length
  }
}
