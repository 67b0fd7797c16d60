import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../src/adapters/clickhouse/open.ts'
import type { Store } from '../../../src/ports/store.ts'
import { flopwatch } from '../../support/command.ts'
import { type FaultProxy, openFaultProxy } from '../../support/fault-proxy.ts'
import { type Front, startFront } from '../../support/front-process.ts'
import { openKafka, type TestKafka } from '../../support/kafka-broker.ts'
import { fakeClock, projectFolder } from '../../support/store.ts'
import { createDice, type Dice } from './dice.ts'
import { type Disk, openDisk } from './disk.ts'
import { type HttpSender, openHttpSender } from './http-sender.ts'
import { type Instance, type InstanceOptions, openInstance } from './instance.ts'
import { createLogReader, type LogReader } from './log-reader.ts'
import { RECORD_BYTES_MAX } from './poison.ts'
import { openSender, type Sender } from './sender.ts'
import { createTraffic } from './traffic.ts'
import { createTruth, type Truth } from './truth.ts'

/** Everything that runs: a broker, a store, instances between them, and senders. */
export interface World {
  readonly seed: number
  readonly dice: Dice
  /** Logs of the instances; they stay behind. */
  readonly logFolder: string
  readonly siteFile: string
  readonly kafka: TestKafka
  /** Between instances and broker. */
  readonly brokerLink: FaultProxy
  readonly front: Front
  readonly disk: Disk
  /** The store as the harness asks it: past every fault of a network. */
  readonly store: Store
  readonly instances: readonly Instance[]
  readonly truth: Truth
  readonly log: LogReader
  readonly sender: Sender
  readonly httpSender: HttpSender
  /** What went wrong behind the scenes; empty when nothing did. */
  readonly deaths: readonly string[]
  close(): Promise<void>
}

export interface WorldOptions {
  readonly seed: number
  readonly instances: number
  readonly samples_per_s: number
}

export const TOPIC = 'telemetry.accelerator'
export const GROUP = 'flopwatch'
/** Of a member of the group that is silent; a zombie sleeps longer than this. */
export const SESSION_S = 6
const PARTITIONS = 8
const NODES = 40

const SITE = `
kafka:
  group: ${GROUP}
  session_timeout_s: ${SESSION_S}
  rebalance_timeout_s: 6
  request_timeout_s: 3
  failure_wait_s: 1
  topics:
    telemetry: { partitions: ${PARTITIONS} }
    identity: { partitions: 1 }
  fetch: { wait_s: 0.2, partition_bytes_max: 1048576 }
ingest:
  record_bytes_max: ${RECORD_BYTES_MAX}
  batch_rows: 200
  retry_after_s: 1
`

export async function openWorld(options: WorldOptions): Promise<World> {
  const { seed } = options
  // Ended by a signal it still runs what is due at the exit: no broker and no disk stay behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-faults-'))
  const siteFile = join(folder, 'site.yaml')
  const logFolder = join(projectFolder, 'out', 'faults', String(seed))
  await rm(logFolder, { recursive: true, force: true })
  await mkdir(logFolder, { recursive: true })
  await writeFile(siteFile, SITE)
  const brokerLink = await openFaultProxy()
  const kafka = await openKafka({ own: true, proxyPort: brokerLink.port })
  brokerLink.forwardTo(kafka.proxiedPort)
  await createTopics(kafka.brokers, siteFile)
  const disk = await openDisk(join(folder, 'disk'))
  const front = await startFront(join(disk.folder, 'store'))
  const store = await openFrontStore(front.url)
  const deaths: string[] = []
  const instances = await openInstances(options, {
    folder: logFolder,
    siteFile,
    storePort: Number(new URL(front.url).port),
    brokersOf: at => (at === 2 ? kafka.brokers : [`127.0.0.1:${brokerLink.port}`]),
    onDeath: why => deaths.push(why),
  })
  const truth = createTruth()
  const { brokers } = kafka
  const { samples_per_s } = options
  const traffic = createTraffic({ seed, name: 'k', nodes: NODES, readable: false })
  const flow = { topic: TOPIC, traffic, truth, samples_per_s }
  const sender = openSender({ brokers, seed, logFolder, ...flow })
  const httpTraffic = createTraffic({ seed, name: 'h', nodes: 4, readable: true })
  const addresses = () => instances.flatMap(instance => instance.address() ?? [])
  const httpSender = openHttpSender({ seed, traffic: httpTraffic, truth, addresses })
  return {
    seed,
    dice: createDice(seed, 'faults'),
    logFolder,
    siteFile,
    kafka,
    brokerLink,
    front,
    disk,
    store,
    instances,
    truth,
    log: createLogReader(brokers, TOPIC),
    sender,
    httpSender,
    deaths,
    async close() {
      await Promise.all([sender.close(), httpSender.close()])
      for (const instance of instances) await instance.close()
      await store.close()
      await front.kill()
      await Promise.all([kafka.close(), brokerLink.close()])
      await disk.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function createTopics(brokers: readonly string[], siteFile: string): Promise<void> {
  const env = { KAFKA_BROKERS: brokers.join() }
  const { code, stderr } = await flopwatch(['migrate', '--topics', '--config', siteFile], { env })
  if (code !== 0) throw new Error(`topics could not be made: ${stderr}`)
}

async function openFrontStore(url: string): Promise<Store> {
  const { store } = await openStore(
    {
      engine: { kind: 'server', url, database: 'default', user: 'default', password: '' },
      cluster: null,
      sqlFolder: join(projectFolder, 'sql'),
      detectorFolder: join(projectFolder, 'detectors'),
    },
    fakeClock(),
  )
  return store
}

/** The third goes to the broker straight, so that faults of the link leave somebody at work. */
async function openInstances(
  { instances }: WorldOptions,
  {
    brokersOf,
    ...options
  }: Omit<InstanceOptions, 'name' | 'brokers'> & {
    readonly brokersOf: (at: number) => readonly string[]
  },
): Promise<Instance[]> {
  return Promise.all(
    Array.from({ length: instances }, (_, at) =>
      openInstance({ ...options, name: `instance-${at + 1}`, brokers: brokersOf(at) }),
    ),
  )
}
