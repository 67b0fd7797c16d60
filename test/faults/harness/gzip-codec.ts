import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import kafkajs from 'kafkajs'

/**
 * The product registers codecs that only read, for its whole process. Senders of the harness pack as
 * well, so what stands here for gzip cannot be replaced.
 */
const pack = promisify<Buffer, Buffer>(gzip)
const unpack = promisify<Buffer, Buffer>(gunzip)
const codec = () => ({
  compress: ({ buffer }: { readonly buffer: Buffer }) => pack(buffer),
  decompress: unpack,
})

export function registerGzip(): void {
  Object.defineProperty(kafkajs.CompressionCodecs, kafkajs.CompressionTypes.GZIP, {
    get: () => codec,
    set: () => undefined,
  })
}
