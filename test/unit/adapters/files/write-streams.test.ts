import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeDocument, writeStream } from '../../../../src/adapters/files/write-streams.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'write-streams-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('writing a stream', () => {
  // 40,000 lines of 100 bytes are 4 MB, so the text goes out in several chunks.
  const lines = Array.from({ length: 40_000 }, (_, index) => `${index}`.padStart(99, 'ä'))
  const text = lines.map(line => `${line}\n`).join('')

  test('puts down every line and counts bytes, not characters', async () => {
    const reached: number[] = []
    const onProgress = (count: number) => reached.push(count)
    const file = await writeStream({ name: 'plain', lines }, { directory, gzip: false, onProgress })
    const stored = await readFile(file.path)
    expect(stored.toString()).toBe(text)
    expect(file).toEqual({
      path: join(directory, 'plain.ndjson'),
      lines: 40_000,
      bytes: stored.byteLength,
    })
    expect(reached.length).toBeGreaterThan(2)
    expect(reached.at(-1)).toBe(40_000)
  })

  test('packs when asked to', async () => {
    const file = await writeStream({ name: 'packed', lines }, { directory, gzip: true })
    expect(file.path.endsWith('packed.ndjson.gz')).toBe(true)
    expect(gunzipSync(await readFile(file.path)).toString()).toBe(text)
  })

  test('leaves no half file under its name when the source fails', async () => {
    function* failing() {
      yield 'one'
      throw new Error('source failed')
    }
    const writing = writeStream({ name: 'half', lines: failing() }, { directory, gzip: false })
    await expect(writing).rejects.toThrow('source failed')
    expect(await readdir(directory)).not.toContain('half.ndjson')
  })

  test('says so where it may not write', async () => {
    const occupied = join(directory, 'occupied')
    await writeFile(occupied, 'a file where a folder is wanted')
    await expect(writeDocument(join(occupied, 'truth.json'), {})).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    })
  })
})
