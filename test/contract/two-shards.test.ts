import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connections, connect } from '../../src/adapters/clickhouse/connect.ts'
import { CLUSTER_SETTINGS } from '../../src/adapters/clickhouse/engine-settings.ts'
import type { App } from '../../src/app.ts'
import type { Detector } from '../../src/domain/detector.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/window.ts'
import { type QueryName, type QueryTypes, queryRegistry } from '../../src/ports/queries/registry.ts'
import { measureQuery } from '../../src/stages/kinds/query.ts'
import { numbersOnly, OUTCOMES } from '../support/app-bench.ts'
import { type Front, startFront } from '../support/front-process.ts'
import { paramsOf, readFacts, writes } from '../support/query-facts.ts'
import { openSeededApp, SEED_UNTIL } from '../support/seeded-app.ts'

/**
 * Every statement over samples and device-hours that are cut into two shards by device, as on a
 * cluster, against the same statement over tables that are whole. The engine runs alone, so both
 * shards are itself: each is shown only the devices that the hash gives it. What this cannot show
 * is replication, and shards that fail.
 */

const CUT = ['samples', 'device_hours']

let folder: string
let front: Front
let connections: Connections
let app: App
const command = (query: string) => connections.writer.command({ query })
const read = async (query: string): Promise<string> => {
  const result = await connections.writer.query({ query, format: 'JSONEachRow' })
  return result.text()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-shards-'))
  front = await startFront(join(folder, 'store'))
  const engine = {
    kind: 'server',
    url: `${front.url}?${shardSettings()}`,
    database: 'default',
    user: 'default',
    password: '',
  } as const
  connections = await connect(engine)
  app = await openSeededApp(engine, cutIntoShards)
}, 240_000)
afterAll(async () => {
  await app.close()
  await connections.close()
  await front.kill()
  await rm(folder, { recursive: true, force: true })
})

async function cutIntoShards(): Promise<void> {
  for (const table of CUT) {
    await command(`rename table ${table} to ${table}_local`)
    await command(
      `create table ${table} as remote('127.0.0.1,localhost', currentDatabase(), '${table}_local', 'default', '', cityHash64(device_id))`,
    )
  }
}

/** For every connection of the product: settings of a cluster, and what a shard sees of the parts. */
function shardSettings(): string {
  // No Keeper, so no quorum.
  const { insert_quorum: _, ...settings } = CLUSTER_SETTINGS
  const seen = 'cityHash64(device_id) % 2 = shardNum() - 1'
  const filters = CUT.map(table => `'default.${table}_local': '${seen}'`)
  const all = { ...settings, additional_table_filters: `{${filters.join(', ')}}` }
  const fields = new URLSearchParams()
  for (const [name, value] of Object.entries(all)) fields.set(`ch_${name}`, String(value))
  return fields.toString()
}

async function makeWhole(): Promise<void> {
  for (const table of CUT) {
    await command(`rename table ${table} to ${table}_cut, ${table}_local to ${table}`)
  }
}

const names = (Object.keys(queryRegistry) as QueryName[]).filter(name => !writes(name)).sort()

const measuresItself = ({ definition }: Detector): boolean => definition.kind === 'query'

async function answers(facts: Readonly<Record<string, unknown>>): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const scope = {
    since: SEED_UNTIL - 40 * DAY_MS,
    asOf: SEED_UNTIL,
    tenants: [],
    catalogue: app.reference.version,
  }
  for (const name of names) {
    const rows = await app.store.query(name, paramsOf(name, facts))
    const texts = rows.map(row => JSON.stringify(row, rounded))
    // Wide answers come in no order.
    const { isWide }: QueryTypes = queryRegistry[name]
    found.set(name, (isWide ? texts.sort() : texts).join('\n'))
  }
  for (const detector of app.bundle.detectors.filter(measuresItself)) {
    const rows = await measureQuery(app.store, detector, scope)
    found.set(detector.id, JSON.stringify(rows, rounded))
  }
  return found
}

/**
 * Sums of floating point numbers depend on their order in the last digits, so these are cut; an age
 * depends on when it is asked for, so it is left out.
 */
function rounded(name: string, value: unknown): unknown {
  if (name === 'oldest_s') return undefined
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value
}

test('both shards hold devices, and none is on both', async () => {
  const spread =
    'select _shard_num as shard, groupUniqArray(device_id) as devices from samples group by shard'
  const rows = (await read(spread))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(rows).toHaveLength(2)
  const devices: string[] = rows.flatMap(row => row.devices)
  expect(new Set(devices).size).toBe(devices.length)
})

test('cut or whole, every statement gives the same rows and every rebuild the same numbers', async () => {
  const facts = await readFacts(connections.writer, app)
  await tickLater(1)
  const built = await outcomes()
  // In turns and slices too: the devices of a turn are named on the one node, samples lie on both.
  expect(await inTurns(2)).toBeGreaterThan(2)
  const turned = await outcomes()
  for (const [table, rows] of Object.entries(built)) expect(turned[table], table).toBe(rows)
  const cut = await answers(facts)
  await makeWhole()
  const whole = await answers(facts)
  for (const [name, rows] of whole) expect(cut.get(name), name).toBe(rows)
  // The same again, over whole tables: every hour is metered anew.
  await app.store.execute('hour-marks-rebase', { batch_id: 'anew', at: app.clock.now() })
  await tickLater(3)
  const rebuilt = await outcomes()
  expect(built['device_hours']).not.toBe('')
  for (const [table, rows] of Object.entries(rebuilt)) expect(built[table], table).toBe(rows)
}, 240_000)

/** Hours and runs, by a clock so many hours ahead: what is built later wins. */
async function tickLater(hours: number): Promise<void> {
  await numbersLater(hours).tick(SEED_UNTIL, false)
}

function numbersLater(hours: number) {
  const clock = { now: () => app.clock.now() + hours * HOUR_MS }
  return numbersOnly({ ...app, clock })
}

/** All hours of all tenants anew, of the largest in three slices; says how many ticks there were. */
async function inTurns(later: number): Promise<number> {
  const { tenants, largest }: { tenants: string[]; largest: number } = JSON.parse(
    await read(`
      select groupUniqArray(tenant_id) as tenants, toUInt32(max(devices)) as largest
      from
      (
          select tenant_id, hour, sum(observed_hours.devices) as devices
          from observed_hours final group by tenant_id, hour
      )`),
  )
  const hours = (await read('select distinct toString(hour) as hour from samples order by hour'))
    .trim()
    .split('\n')
    .map((line): { hour: string } => JSON.parse(line))
  const named = { tenants, devices: tenants.map(() => 1000) }
  await app.store.append(
    'hour_marks',
    hours.map(({ hour }) => ({ hour, batch_id: 'turns', state: 1, at: hour, ...named })),
  )
  const pipeline = numbersLater(later)
  const devices_max = Math.ceil((largest * hours.length) / 3)
  const bound = { devices_max, near_share: 0, limits: [] }
  for (let ticks = 1; ticks <= 3 * tenants.length; ticks += 1) {
    const outcome = await pipeline.tick(SEED_UNTIL, false, undefined, undefined, bound)
    if (outcome.done && outcome.waiting === 0) return ticks
  }
  throw new Error('somebody still waits')
}

async function outcomes(): Promise<Record<string, string>> {
  const entries: [string, string][] = []
  for (const [table, query] of Object.entries(OUTCOMES)) entries.push([table, await read(query)])
  return Object.fromEntries(entries)
}
