import { promisify } from 'node:util'
import { constants, unzip, type ZstdOptions, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs from 'kafkajs'
import lz4 from 'lz4-napi'
import type { Unpacking } from './fetch-size.ts'
import { unpackSnappy } from './snappy.ts'

/**
 * Every codec of Kafka for reading; kafkajs has gzip alone, and without a bound. For writing zstd,
 * by which senders of much telemetry spare themselves and the broker.
 */

// Node finds no names of these two in the package; its whole has them.
const { CompressionCodecs, CompressionTypes } = kafkajs

/** A batch that unpacks to more is refused, and its partition stands still: see `trouble()`. */
const UNPACKED_BYTES_MAX = 268_435_456

const bound = { maxOutputLength: UNPACKED_BYTES_MAX }
const ungzip = promisify<Buffer, typeof bound, Buffer>(unzip)
const unzstd = promisify<Buffer, typeof bound, Buffer>(zstdDecompress)
const zstd = promisify<Buffer, ZstdOptions, Buffer>(zstdCompress)
/** The fastest: a thousand lines of telemetry shrink to a twentieth all the same. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** kafkajs gives what it wrote so far. */
type Compress = (written: { readonly buffer: Buffer }) => Promise<Buffer>

let isRegistered = false

/** kafkajs keeps codecs for the whole process; doing this twice changes nothing. */
export function registerCodecs(): void {
  if (isRegistered) return
  isRegistered = true
  const unused = () => Promise.reject(new Error('what is sent goes as zstd or as it is'))
  const reading =
    (decompress: (packed: Buffer) => Promise<Buffer>, compress: Compress = unused) =>
    () => ({ compress, decompress: counted(decompress) })
  Object.assign(CompressionCodecs, {
    [CompressionTypes.GZIP]: reading(packed => ungzip(packed, bound)),
    [CompressionTypes.Snappy]: reading(packed => unpackSnappy(packed, UNPACKED_BYTES_MAX)),
    // Unpacks to 255 times its size at most, and a batch is no larger than the broker takes.
    [CompressionTypes.LZ4]: reading(packed => lz4.decompressFrame(packed)),
    [CompressionTypes.ZSTD]: reading(
      packed => unzstd(packed, bound),
      ({ buffer }) => zstd(buffer, FASTEST),
    ),
  })
}

const total = { packed: 0, unpacked: 0 }

/** Bytes of batches that were read packed, of all clients of the process. */
export function unpackedSoFar(): Unpacking {
  return { ...total }
}

function counted(decompress: (packed: Buffer) => Promise<Buffer>) {
  return async (packed: Buffer): Promise<Buffer> => {
    const unpacked = await decompress(packed)
    total.packed += packed.byteLength
    total.unpacked += unpacked.byteLength
    return unpacked
  }
}
