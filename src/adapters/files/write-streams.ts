import { createWriteStream } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Fault } from '../../domain/fault.ts'

/** One NDJSON file to be: `name` without its ending, lines without their line feed. */
export interface LineStream {
  readonly name: string
  readonly lines: Iterable<string>
}

export interface WrittenFile {
  readonly path: string
  readonly lines: number
  /** Before packing. */
  readonly bytes: number
}

export interface WriteOptions {
  readonly directory: string
  readonly gzip: boolean
  /** Told after each chunk how many lines of the stream are written so far. */
  readonly onProgress?: (lines: number) => void
}

/** Large enough that the calls into the system do not count, small enough to stay unnoticed. */
const CHUNK_CHARACTERS = 1 << 20

/**
 * Writes a stream as `<name>.ndjson`, or `.ndjson.gz`, in bounded memory. The file takes its name
 * only when it is complete. Throws OUTPUT_UNWRITABLE.
 */
export async function writeStream(stream: LineStream, options: WriteOptions): Promise<WrittenFile> {
  const path = join(options.directory, `${stream.name}.ndjson${options.gzip ? '.gz' : ''}`)
  const written = { lines: 0, bytes: 0 }
  function* chunks(): Generator<Buffer> {
    for (const chunk of joinLines(stream.lines)) {
      const bytes = Buffer.from(chunk.text)
      written.lines += chunk.lines
      written.bytes += bytes.byteLength
      yield bytes
      options.onProgress?.(written.lines)
    }
  }
  await writeWhole(path, partial => {
    const source = Readable.from(chunks())
    const sink = createWriteStream(partial)
    // Level 1: the stream is read again in a moment, so time counts for more than size.
    return options.gzip ? pipeline(source, createGzip({ level: 1 }), sink) : pipeline(source, sink)
  })
  return { path, ...written }
}

/** Writes one document as indented JSON. Throws OUTPUT_UNWRITABLE. */
export async function writeDocument(path: string, document: unknown): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`
  await writeWhole(path, partial => writeFile(partial, text))
}

async function writeWhole(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = `${path}.partial`
  try {
    await mkdir(join(path, '..'), { recursive: true })
    await write(partial)
    await rename(partial, path)
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new Fault('OUTPUT_UNWRITABLE', `${path} cannot be written: ${error.message}.`, {
      cause: error,
    })
  }
}

function* joinLines(lines: Iterable<string>): Generator<{ text: string; lines: number }> {
  let text = ''
  let count = 0
  for (const line of lines) {
    text += `${line}\n`
    count += 1
    if (text.length < CHUNK_CHARACTERS) continue
    yield { text, lines: count }
    text = ''
    count = 0
  }
  if (count > 0) yield { text, lines: count }
}
