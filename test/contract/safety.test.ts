import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Connections, connect, type Engine } from '../../src/adapters/clickhouse/connect.ts'
import { openStore } from '../../src/adapters/clickhouse/open.ts'
import {
  assertRelease,
  assertServer,
  assertSettings,
  assertTables,
  OLDEST_RELEASE,
} from '../../src/adapters/clickhouse/safety.ts'
import { type Front, startFront } from '../support/front-process.ts'
import { fakeClock, projectFolder } from '../support/store.ts'
import { listFiles } from '../tidy/source-tree.ts'

/** What a store must not be like, staged one by one: each is refused with one sentence. */

const sqlFolder = join(projectFolder, 'sql')
const detectorFolder = join(projectFolder, 'detectors')
const UNSAFE = { code: 'STORE_UNSAFE' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flopwatch-safety-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function open(engine: Engine, cluster: { name: string } | null = null): Promise<void> {
  const opened = await openStore({ engine, cluster, sqlFolder, detectorFolder }, fakeClock())
  await opened.store.close()
}

describe('on the embedded engine', () => {
  let connections: Connections
  let engine: Engine
  beforeAll(async () => {
    engine = { kind: 'embedded', path: join(folder, 'embedded') }
    await open(engine)
  })
  beforeEach(async () => {
    connections = await connect(engine)
  })
  afterEach(() => connections.close())
  const command = (query: string) => connections.writer.command({ query })

  test('as we set it up, nothing speaks against it', async () => {
    await assertSettings(connections, sqlFolder)
    expect(await assertServer(connections, sqlFolder, fakeClock())).toBe(0)
    await open(engine)
  })

  test.each([
    ['async_insert', '1', '0'],
    ['insert_deduplicate', '1', '0'],
    ['result_overflow_mode', 'break', 'throw'],
    ['session_timezone', 'Asia/Tokyo', ''],
    ['join_use_nulls', '1', '0'],
    ['readonly', '2', '0'],
  ])('%s in effect as "%s" is refused', async (name, found, needed) => {
    await command(`set ${name} = '${found}'`)
    const sentence = `the server holds setting ${name} at "${found}" where "${needed}" is needed`
    await expect(assertSettings(connections, sqlFolder)).rejects.toMatchObject({
      ...UNSAFE,
      message: sentence,
    })
  })

  test('a materialized view that hangs on a table is refused until it is gone', async () => {
    await command(
      'create materialized view counted engine = SummingMergeTree order by hour as select hour, count() as n from samples group by hour',
    )
    await expect(open(engine)).rejects.toMatchObject({
      ...UNSAFE,
      message: expect.stringMatching(/^the materialized view counted hangs on samples: /),
    })
    await command('drop table counted sync')
    await open(engine)
  })

  test('a table that keeps copies is refused', async () => {
    await command('rename table reports to reports_kept')
    await command('create table reports as reports_kept engine = MergeTree order by case_id')
    await expect(open(engine)).rejects.toMatchObject({
      ...UNSAFE,
      message: expect.stringMatching(/^table reports is MergeTree where ReplacingMergeTree /),
    })
    await command('drop table reports sync')
    await expect(open(engine)).rejects.toThrow('table reports is gone')
    await command('rename table reports_kept to reports')
    await open(engine)
  })

  test('a store made without a cluster is refused with one', async () => {
    const onCluster = new Map([['samples', 'Distributed']])
    await expect(
      assertTables(connections.writer, sqlFolder, onCluster, 'shards 1:1'),
    ).rejects.toThrow(
      /^table samples is ReplacingMergeTree where Distributed is needed: .*CLICKHOUSE_CLUSTER/,
    )
  })

  test('rows placed over another number of shards, or by other weights, are refused', async () => {
    // The comment is what tells; a table over shards needs a cluster, which the engine lacks.
    await command("create table placed (x UInt8) engine = Memory comment 'shards 1:1'")
    const made = new Map([['placed', 'Memory']])
    const check = (layout: string) => assertTables(connections.writer, sqlFolder, made, layout)
    await check('shards 1:1')
    await expect(check('shards 1:1 2:1')).rejects.toMatchObject(UNSAFE)
    await expect(check('shards 1:2')).rejects.toThrow(
      /^rows of placed were placed over "shards 1:1" and the cluster now has "shards 1:2": /,
    )
    await command('drop table placed sync')
  })
})

describe('on a server', () => {
  let fronts: Front[]
  const at = (url: string): Engine => ({
    kind: 'server',
    url,
    database: 'default',
    user: 'default',
    password: '',
  })
  beforeAll(async () => {
    fronts = await Promise.all(['a', 'b'].map(name => startFront(join(folder, name))))
  })
  afterAll(() => Promise.all(fronts.map(front => front.kill())))

  test.each([
    [452, 'a profile that pins a setting'],
    [164, 'a user that may only read'],
  ])('code %i, %s, is refused', async code => {
    const [front] = fronts
    await front?.fail({ kind: 'refuse', match: 'system.settings', code, times: 1 })
    await expect(open(at(front?.url ?? ''))).rejects.toMatchObject({
      ...UNSAFE,
      message: expect.stringContaining(`(code ${code})`),
    })
    await open(at(front?.url ?? ''))
  })

  test('two servers behind one address are refused', async () => {
    let served = 0
    const balancer = createServer(socket => {
      served += 1
      const port = Number(new URL(fronts[served % 2]?.url ?? '').port)
      const onward = connectSocket(port, '127.0.0.1')
      for (const end of [socket, onward]) end.on('error', () => end.destroy())
      socket.pipe(onward).pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(balancer, 'listening')
    try {
      const { port } = balancer.address() as AddressInfo
      await expect(open(at(`http://127.0.0.1:${port}`))).rejects.toMatchObject({
        ...UNSAFE,
        message: expect.stringMatching(/^2 servers answer at CLICKHOUSE_URL: /),
      })
    } finally {
      balancer.close()
    }
  })

  test('a cluster that the server does not know is refused', async () => {
    await expect(open(at(fronts[0]?.url ?? ''), { name: 'nowhere' })).rejects.toMatchObject({
      ...UNSAFE,
      message: 'the server knows no cluster "nowhere"',
    })
  })

  test('how far its clock is ahead is told, to half a minute', async () => {
    const connections = await connect(at(fronts[0]?.url ?? ''))
    try {
      const slow = { now: () => Date.now() - 600_000 }
      const skew_ms = await assertServer(connections, sqlFolder, slow)
      expect(Math.abs(skew_ms - 600_000)).toBeLessThan(30_000)
    } finally {
      await connections.close()
    }
  })
})

describe('releases', () => {
  test.each(['26.7.3.19', '26.7', '26.12.1', '27.1.0'])('%s will do', release => {
    expect(() => assertRelease(release)).not.toThrow()
  })

  test.each(['26.6.9.1', '25.12.1', '3.8', 'unknown'])('%s is too old', release => {
    expect(() => assertRelease(release)).toThrow('older than 26.7')
  })

  test('the oldest that will do is the one that the compose file brings', () => {
    const compose = parse(listFiles('docker-compose.yml')[0]?.text ?? '')
    const image: string = compose.services.clickhouse.image
    expect(image.split(':')[1]?.split('.').slice(0, 2).join('.')).toBe(OLDEST_RELEASE)
  })
})
