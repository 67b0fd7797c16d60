import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { openInput } from '../../../src/adapters/files/open-input.ts'
import { ingestFiles } from '../../../src/commands/ingest-files.ts'
import { inChunks, ndjson, testIntake } from '../../support/intake.ts'
import { fakeClock, openTestStore } from '../../support/store.ts'

const clock = fakeClock(Date.UTC(2026, 0, 2))
const opened = await openTestStore(clock)
const folder = await mkdtemp(join(tmpdir(), 'flopwatch-files-'))
const { intake } = testIntake(opened.store, clock)
afterAll(async () => {
  await opened.close()
  await rm(folder, { recursive: true })
})

const samples = (device: string) =>
  ndjson(
    [1, 2, 3].map(second => ({
      time: `2026-01-01T00:00:0${second}Z`,
      interval_s: 1,
      device_id: device,
      accelerator: 'h100',
    })),
  )

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const sources = (stdin = '') => ({
  open: (path: string) =>
    path === '-' ? Promise.resolve({ bytes: inChunks(stdin), bytes_total: null }) : openInput(path),
})
const options = { stream: null, replace_period: false }

test('plain, packed and piped files, told by what they hold; again they are duplicates', async () => {
  const packed = gzipSync(samples('b'))
  const paths = [await file('a.txt', samples('a')), await file('b.gz', packed), '-']
  const seen: number[] = []
  const results = await ingestFiles(intake, sources(samples('c')), paths, options, at => {
    if (at.path.endsWith('b.gz')) seen.push(at.bytes / (at.bytes_total ?? 0))
  })
  expect(results.map(({ receipt }) => [receipt?.stream, receipt?.accepted])).toEqual([
    ['telemetry.accelerator', 3],
    ['telemetry.accelerator', 3],
    ['telemetry.accelerator', 3],
  ])
  expect(seen.at(-1)).toBe(1)
  const again = await ingestFiles(intake, sources(samples('c')), paths, options)
  expect(again.map(({ receipt }) => receipt?.duplicates)).toEqual([3, 3, 3])
})

test('a bad file is a fault that names it, and the others are read', async () => {
  const cut = gzipSync(samples('d')).subarray(0, 40)
  const paths = [
    await file('cut.ndjson.gz', cut),
    await file('empty.ndjson', ''),
    join(folder, 'absent.ndjson'),
    await file('mystery.json', '{"a":1}'),
    await file('good.ndjson', `${samples('e')}\nbroken`),
  ]
  const results = await ingestFiles(intake, sources(), paths, options)
  expect(results.map(({ fault }) => fault?.code)).toEqual([
    'INPUT_UNREADABLE',
    'INPUT_UNREADABLE',
    'INPUT_UNREADABLE',
    'USAGE',
    undefined,
  ])
  expect(results[0]?.fault?.message).toContain('cut.ndjson.gz: the gzip archive is cut off')
  expect(results[4]?.receipt).toMatchObject({ accepted: 3, quarantined: 1 })
})
