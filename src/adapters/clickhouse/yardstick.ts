import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { INGEST_DEFAULTS } from '../../domain/ingest-settings.ts'
import { connect } from './connect.ts'

/**
 * The yardstick of `flopwatch bench`: the engine's bare insert of JSONEachRow bytes, cut at line
 * ends and otherwise untouched. What the product adds to it is what the ratio shows.
 */

const INSERT = 'insert into yardstick format JSONEachRow\n'
/** As many as the product makes durable together. */
const ROWS_PER_INSERT = INGEST_DEFAULTS.batch_rows

/** Inserts the file and answers how long that took; reading and cutting the file is not counted. */
export async function bareInsert(
  path: string,
  dataFolder: string,
  createSql: string,
  now: () => number,
): Promise<{ rows: number; seconds: number }> {
  const connections = await connect({ kind: 'embedded', path: dataFolder })
  try {
    await connections.writer.command({ query: readFileSync(createSql, 'utf8') })
    let rows = 0
    let ms = 0
    for await (const part of parts(path)) {
      const started = now()
      const values = Readable.from([part.text], { objectMode: false })
      const result = await connections.writer.exec({ query: INSERT, values })
      result.stream.resume()
      await finished(result.stream)
      ms += now() - started
      rows += part.rows
    }
    return { rows, seconds: ms / 1000 }
  } finally {
    await connections.close()
  }
}

async function* parts(path: string): AsyncGenerator<{ text: string; rows: number }> {
  let lines: string[] = []
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines.push(line)
    if (lines.length < ROWS_PER_INSERT) continue
    yield { text: `${lines.join('\n')}\n`, rows: lines.length }
    lines = []
  }
  if (lines.length > 0) yield { text: `${lines.join('\n')}\n`, rows: lines.length }
}
