import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ended, flopwatch } from '../support/command.ts'

/**
 * The chain of commands as a user types it, over one data folder: migrate, simulate, ingest,
 * detect, explain, report. Tests build on each other in the order in which they stand.
 */

const END = '2026-10-31T00:00:00Z'
const TRAINER = 'acct-prairie-lattice'

let folder: string
const at = (...names: string[]): string => join(folder, ...names)
const over = (...words: string[]): Promise<Ended> => flopwatch([...words, '--data', at('store')])
const streamsOf = async (scenario: string): Promise<string[]> =>
  (await readdir(at(scenario)))
    .filter(name => name.includes('.ndjson'))
    .sort()
    .map(name => at(scenario, name))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-chain-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('migrate applies every migration once', async () => {
  const first = await over('migrate')
  const second = await over('migrate')
  const names = (await readdir(join(import.meta.dirname, '../../sql/migrations'))).map(name =>
    name.replace('.sql', ''),
  )
  const lines = ({ stdout }: Ended, word: string) =>
    [...stdout.matchAll(new RegExp(`^${word} +(\\S+)$`, 'gm'))].map(match => match[1])
  expect([first.code, lines(first, 'applied'), lines(first, 'present')]).toEqual([0, names, []])
  expect([second.code, lines(second, 'applied'), lines(second, 'present')]).toEqual([0, [], names])
})

test('simulate small and commitment-unused, ingest what they wrote: all accepted', async () => {
  const simulated = await Promise.all([
    // An hour of 32 devices every ten seconds: 32 × 360 = 11,520 samples.
    flopwatch(['simulate', 'small', '--days', '0.04', '--out', at('small'), '--gzip']),
    flopwatch(['simulate', 'commitment-unused', '--days', '2', '--out', at('unused')]),
  ])
  expect(simulated.map(({ code }) => code)).toEqual([0, 0])
  const paths = [...(await streamsOf('small')), ...(await streamsOf('unused'))]
  const { code, stdout } = await over('ingest', '--json', ...paths)
  expect(code).toBe(0)
  const answer = JSON.parse(stdout)
  const telemetry = answer.files.find(({ path }: { path: string }) => path.includes('accelerator'))
  expect(telemetry).toMatchObject({ stream: 'telemetry.accelerator', accepted: 11_520 })
  expect(answer).toMatchObject({ accepted: answer.rows, duplicates: 0, quarantined: 0 })
})

test('ingest again: everything is a duplicate, and the table says so', async () => {
  const [telemetry = ''] = (await streamsOf('small')).filter(path => path.includes('accelerator'))
  const { code, stdout } = await over('ingest', telemetry)
  expect(code).toBe(0)
  expect(stdout).toMatch(/telemetry\.accelerator +│ +0 │ +11,520 │ +0 │/)
})

const sample = (minute: number, more: object = {}): string =>
  JSON.stringify({
    time: `2026-10-30T12:${String(minute).padStart(2, '0')}:00Z`,
    interval_s: 60,
    device_id: 'gpu-by-hand',
    tenant_id: 'acct-by-hand',
    accelerator: 'NVIDIA H100 80GB HBM3',
    power_w: 70,
    ...more,
  })

test('standard input is read; a malformed record is quarantined and its neighbours are kept', async () => {
  const input = [sample(1), sample(2, { interval_s: -60 }), '{"time": oops', sample(3)].join('\n')
  const { code, stdout } = await flopwatch(['ingest', '-', '--json', '--data', at('store')], {
    input,
  })
  expect(code).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({ rows: 4, accepted: 2, quarantined: 2 })
})

test('gzip is read; one that breaks off is a fault of its file and keeps no other out', async () => {
  const lines = (from: number) => gzipSync([0, 1, 2].map(step => sample(from + step)).join('\n'))
  await writeFile(at('whole.ndjson.gz'), lines(10))
  await writeFile(at('broken.ndjson.gz'), lines(20).subarray(0, -12))
  const { code, stdout, stderr } = await over(
    'ingest',
    '--json',
    at('broken.ndjson.gz'),
    at('whole.ndjson.gz'),
  )
  expect(code).toBe(1)
  const [broken, whole] = JSON.parse(stdout).files
  expect(whole).toMatchObject({ accepted: 3, fault: null })
  expect(broken.fault).toMatchObject({ error: 'INPUT_UNREADABLE' })
  expect(broken.fault.message).toContain(at('broken.ndjson.gz'))
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('detect --json is one document with runs, jobs, tenants, findings and cases', async () => {
  const { code, stdout } = await over('detect', '--as-of', END, '--json')
  expect(code).toBe(0)
  const seen = JSON.parse(stdout)
  expect(Object.keys(seen)).toEqual('as_of runs jobs tenants findings cases truncated'.split(' '))
  expect(seen).toMatchObject({ as_of: '2026-10-31T00:00:00.000Z', truncated: [] })
  // 16 devices, each seen for the whole hour, none of it dark.
  const trainer = seen.tenants.find((tenant: { tenant_id: string }) => tenant.tenant_id === TRAINER)
  expect(trainer.device_hours).toEqual({ observed: 16, billed: 16, dark: 0 })
  // What was really executed stands in the truth and lies within the bounds.
  const truth = JSON.parse(await readFile(at('small', 'truth.json'), 'utf8'))
  const [executed] = truth.actors.filter(
    (actor: { name: string }) => actor.name === 'small trainer',
  )
  expect(Number(trainer.operations.lo)).toBeLessThan(Number(executed.operations))
  expect(Number(trainer.operations.hi)).toBeGreaterThan(Number(executed.operations))
  expect(seen.runs.map((run: { tenant_id: string }) => run.tenant_id)).toContain(TRAINER)
  expect(seen.cases).toEqual([
    expect.objectContaining({ tenants: ['acct-sahra'], determination: 'foreign', prong: 1 }),
  ])
})

test('detect for people shows the same as tables, under the status of the law', async () => {
  const { code, stdout } = await over('detect', '--as-of', END)
  expect(code).toBe(0)
  expect(stdout).toContain('PROPOSED RULE - NOT IN FORCE')
  expect(stdout).toMatch(/^Runs$[\s\S]+^Tenants$[\s\S]+^Findings$[\s\S]+^Cases$/m)
})

test('explain prints the evidence of a finding, and one sentence when there is none', async () => {
  const seen = JSON.parse((await over('detect', '--as-of', END, '--json')).stdout)
  const [{ findings, case_id }] = seen.cases
  const tree = await over('explain', findings[0])
  expect(tree.code).toBe(0)
  expect(tree.stdout).toContain(findings[0])
  expect(tree.stdout).toMatch(/[├└]/)
  const parts = await over('explain', findings[0], '--json')
  expect(JSON.parse(parts.stdout)).toMatchObject({ versions: [{ finding_id: findings[0] }] })
  const none = await over('explain', case_id)
  expect(none).toEqual({
    code: 1,
    stdout: '',
    stderr: `flopwatch: there is no finding ${case_id}. List what exists with \`flopwatch detect\`.\n`,
  })
})

test('report writes the package of the open case; twice gives the same bytes', async () => {
  const first = await over('report', '--out', at('first'))
  const second = await over('report', '--out', at('second'), '--json')
  expect([first.code, second.code]).toEqual([0, 0])
  const [summary] = JSON.parse(second.stdout)
  const files = await readdir(at('first', summary.report_id))
  expect(files.sort()).toEqual(['manifest.json', 'report.html', 'report.json', 'report.pdf'])
  for (const name of files) {
    const [one, other] = await Promise.all(
      ['first', 'second'].map(place => readFile(at(place, summary.report_id, name))),
    )
    expect(other, name).toEqual(one)
  }
  for (const { name, sha256 } of summary.files) {
    const bytes = await readFile(at('first', summary.report_id, name))
    expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sha256)
  }
})
