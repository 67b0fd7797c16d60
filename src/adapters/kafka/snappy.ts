import snappy from 'snappy'

/**
 * Snappy as Kafka's producers write it: Java's frames of blocks ("xerial"), or one bare block as
 * librdkafka sends. The frame is Kafka's own and no library of the format reads it.
 */

const FRAME_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, a version and the oldest version that can read it. */
const FRAME_HEADER_BYTES = 16

/** Rejects damaged input, and with a RangeError what would unpack to more than `bytes_max`. */
export async function unpackSnappy(input: Buffer, bytes_max: number): Promise<Buffer> {
  const blocks = blocksOf(input)
  const size = blocks.reduce((sum, block) => sum + unpackedLength(block), 0)
  if (size > bytes_max) throw new RangeError(`a batch unpacks to ${size} bytes of ${bytes_max}`)
  const unpacked = await Promise.all(blocks.map(block => snappy.uncompress(block)))
  return Buffer.concat(unpacked.map(part => Buffer.from(part)))
}

function blocksOf(input: Buffer): Buffer[] {
  if (!input.subarray(0, FRAME_MAGIC.length).equals(FRAME_MAGIC)) return [input]
  const blocks: Buffer[] = []
  for (let at = FRAME_HEADER_BYTES; at < input.length; ) {
    const length = input.readUInt32BE(at)
    if (at + 4 + length > input.length) throw new RangeError('a snappy frame is cut off')
    blocks.push(input.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return blocks
}

/** A block begins with its unpacked length, seven bits a byte, the lowest first. */
function unpackedLength(block: Buffer): number {
  let length = 0
  for (let at = 0; at < 5; at += 1) {
    const byte = block[at]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return length
  }
  throw new RangeError('a snappy block has no length')
}
