import { append, repeat, reserve } from './unpack.ts'

/**
 * Snappy as Kafka's producers write it: Java's frames of blocks ("xerial"), or one bare block as
 * librdkafka sends. Node has no Snappy. Format: google/snappy, format_description.txt.
 */

const FRAME_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, a version and the oldest version that can read it. */
const FRAME_HEADER_BYTES = 16

/** Throws RangeError on damaged input and when the result would exceed `bytes_max`. */
export function unpackSnappy(input: Buffer, bytes_max: number): Buffer {
  if (!input.subarray(0, FRAME_MAGIC.length).equals(FRAME_MAGIC)) return block(input, bytes_max)
  const blocks: Buffer[] = []
  let size = 0
  for (let at = FRAME_HEADER_BYTES; at < input.length; ) {
    const length = input.readUInt32BE(at)
    if (at + 4 + length > input.length) throw new RangeError('a snappy frame is cut off')
    const unpacked = block(input.subarray(at + 4, at + 4 + length), bytes_max - size)
    blocks.push(unpacked)
    size += unpacked.length
    at += 4 + length
  }
  return Buffer.concat(blocks, size)
}

function block(input: Buffer, bytes_max: number): Buffer {
  const header = lengthOf(input)
  const output = reserve(header.value, bytes_max)
  for (let at = header.next; at < input.length; ) {
    const tag = input.readUInt8(at)
    at += 1
    if ((tag & 3) === 0) {
      const { length, next } = literalLength(input, tag >>> 2, at)
      append(output, input, next, length)
      at = next + length
    } else {
      const { length, distance, next } = copyOf(input, tag, at)
      repeat(output, distance, length)
      at = next
    }
  }
  if (output.size !== output.bytes.length) throw new RangeError('a snappy block is cut off')
  return output.bytes
}

/** Size of the unpacked block, 7 bits a byte, lowest first. */
function lengthOf(input: Buffer): { value: number; next: number } {
  let value = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = input.readUInt8(at)
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, next: at + 1 }
  }
  throw new RangeError('the length of a snappy block is damaged')
}

/** Up to 60 stands in the tag; 60 to 63 mean one to four bytes that hold it. */
function literalLength(input: Buffer, code: number, at: number): { length: number; next: number } {
  if (code < 60) return { length: code + 1, next: at }
  const bytes = code - 59
  return { length: input.readUIntLE(at, bytes) + 1, next: at + bytes }
}

function copyOf(
  input: Buffer,
  tag: number,
  at: number,
): { length: number; distance: number; next: number } {
  if ((tag & 3) === 1) {
    const distance = ((tag >>> 5) << 8) | input.readUInt8(at)
    return { length: ((tag >>> 2) & 7) + 4, distance, next: at + 1 }
  }
  const length = (tag >>> 2) + 1
  return (tag & 3) === 2
    ? { length, distance: input.readUInt16LE(at), next: at + 2 }
    : { length, distance: input.readUInt32LE(at), next: at + 4 }
}
