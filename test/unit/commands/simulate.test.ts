import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulateCommand } from '../../../src/commands/simulate.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'simulate-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** A terminal that only remembers. */
function terminal() {
  const stdout = new PassThrough()
  return { stdout, text: () => String(stdout.read() ?? '') }
}

describe('simulate', () => {
  test('writes one file per stream and the truth beside them', async () => {
    const screen = terminal()
    const steps: string[] = []
    const out = join(directory, 'small')
    const fleet = await simulateCommand(
      screen,
      { scenario: 'small', seed: '3', out, days: '0.05' },
      (stream, lines, total) => steps.push(`${stream} ${lines}/${total}`),
    )
    // Nobody logs in during the one hour before midnight, and an empty stream is no file.
    expect((await readdir(out)).sort()).toEqual([
      'identity.account.ndjson',
      'identity.list.ndjson',
      'identity.ownership.ndjson',
      'identity.party.ndjson',
      'telemetry.accelerator.ndjson',
      'telemetry.billing.ndjson',
      'truth.json',
    ])
    expect(JSON.parse(await readFile(join(out, 'truth.json'), 'utf8'))).toEqual(fleet.truth)
    // One hour (the window is whole hours) of 32 devices every 10 seconds.
    expect(fleet.files[0]?.lines).toBe(32 * 360)
    expect(screen.text().trimEnd().split('\n')).toHaveLength(fleet.files.length + 1)
    expect(steps).toContain('telemetry.accelerator 11520/11520')
  })

  test.each([
    { scenario: 'nonsense' },
    { scenario: 'small', seed: '-1' },
    { scenario: 'small', seed: '1.5' },
    { scenario: 'small', days: 'ten' },
    { scenario: 'small', days: '' },
    { scenario: 'small', until: 'tomorrow' },
  ])('refuses $scenario $seed $days $until', async args => {
    const writing = simulateCommand(terminal(), { ...args, out: join(directory, 'refused') })
    await expect(writing).rejects.toMatchObject({ code: 'USAGE' })
  })
})
