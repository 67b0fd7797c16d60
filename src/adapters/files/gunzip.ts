import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { bodyFault } from '../../domain/body-fault.ts'
import { Fault } from '../../domain/fault.ts'
import { readAhead } from './read-ahead.ts'

/**
 * Unpacks gzip, told by its magic bytes and not by name or header; other bytes pass as they are.
 * Throws BODY_MALFORMED where the archive is cut or broken, with the position in the packed bytes.
 */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await readAhead(bytes, 2)
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all
    return
  }
  let packed = 0
  const counted = async function* () {
    for await (const chunk of all) {
      packed += chunk.byteLength
      yield chunk
    }
  }
  const unpacker = createGunzip()
  // The loop below sees the same error through the unpacker; here it must only be handled.
  const fed = pipeline(Readable.from(counted(), { objectMode: true }), unpacker).catch(() => null)
  try {
    for await (const chunk of unpacker) yield chunk
  } catch (error) {
    throw gzipFault(error, packed)
  } finally {
    unpacker.destroy()
    await fed
  }
}

function gzipFault(error: unknown, packed: number): unknown {
  if (error instanceof Fault || !(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'Z_BUF_ERROR') {
    return bodyFault('the gzip archive is cut off before its end', { byte: packed, line: 0 })
  }
  if (error.code === 'Z_DATA_ERROR') {
    return bodyFault(`the gzip archive is damaged: ${error.message}`, { byte: packed, line: 0 })
  }
  return error
}
