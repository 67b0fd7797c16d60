import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Fault } from '../../domain/fault.ts'

export interface Input {
  readonly bytes: AsyncIterable<Uint8Array>
  /** null where the length is not known beforehand. */
  readonly bytes_total: number | null
}

const CHUNK_BYTES = 262_144

/** A file for reading. Throws INPUT_UNREADABLE, also when reading fails later. */
export async function openInput(path: string): Promise<Input> {
  try {
    const { size, isFile } = await stat(path).then(found => ({
      size: found.size,
      isFile: found.isFile(),
    }))
    if (!isFile) throw new Fault('INPUT_UNREADABLE', `${path} is not a file`)
    return { bytes: readFile(path), bytes_total: size }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES })
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

function unreadable(path: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return new Fault('INPUT_UNREADABLE', `${path} cannot be read${why}`, { cause })
}
