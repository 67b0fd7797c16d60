import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClient } from '../../../src/adapters/kafka/client.ts'
import type { KafkaNeeds, TestKafka } from '../kafka-broker.ts'
import { quietLogger, streamSettings } from '../stream-bench.ts'
import { freePorts } from './free-ports.ts'
import { javaArguments, runTool } from './java.ts'
import { makeBrokerKey } from './keys.ts'
import { PASSWORD, serverProperties, USER } from './server-properties.ts'

/** Formats a folder and starts Apache Kafka over it; its log is `broker.log` in there. */
export async function openJavaBroker(needs: KafkaNeeds): Promise<TestKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-kafka-'))
  const [plain = 0, controller = 0, proxied = 0, sasl = 0, tls = 0] = await freePorts(5)
  const key = needs.secure ? makeBrokerKey(folder) : null
  const settings = join(folder, 'server.properties')
  const text = serverProperties(
    folder,
    {
      plain,
      controller,
      behindProxy: needs.proxyPort ? { own: proxied, advertised: needs.proxyPort } : null,
      secure: needs.secure ? { sasl, tls } : null,
    },
    key,
  )
  await writeFile(settings, text)
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
    '--add-scram',
    `${mechanism}=[name=${USER},password=${PASSWORD}]`,
  ])
  const id = randomBytes(16).toString('base64url')
  runTool('kafka.tools.StorageTool', ['format', `--cluster-id=${id}`, '-c', settings, ...users])
  const brokers = [`127.0.0.1:${plain}`]
  let child = await launch(folder, settings, brokers)
  return {
    kind: 'java',
    brokers,
    proxiedPort: needs.proxyPort ? proxied : 0,
    secure: key && {
      sasl: `127.0.0.1:${sasl}`,
      tls: `127.0.0.1:${tls}`,
      ca_file: key.certificate,
    },
    stop: () => end(child, 'SIGTERM'),
    kill: () => end(child, 'SIGKILL'),
    start: async () => {
      child = await launch(folder, settings, brokers)
    },
    close: async () => {
      await end(child, 'SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function launch(folder: string, settings: string, brokers: string[]): Promise<ChildProcess> {
  const log = join(folder, 'broker.log')
  const output = openSync(log, 'a')
  const child = spawn('java', [...javaArguments(), 'kafka.Kafka', settings], {
    stdio: ['ignore', output, output],
  })
  // A test process that is ended without its hooks must not leave a broker behind.
  process.once('exit', () => child.kill('SIGKILL'))
  const died = once(child, 'exit').then(() => {
    throw new Error(
      `the broker ended before it answered:\n${readFileSync(log, 'utf8').slice(-3000)}`,
    )
  })
  await Promise.race([answers(child, brokers), died])
  died.catch(() => null)
  return child
}

/** Resolves once the broker serves topics: its controller is elected and its log is open. */
async function answers(child: ChildProcess, brokers: string[]): Promise<void> {
  // Each attempt waits and tries anew by itself; a broker that has ended is asked no more.
  for (let isUp = false; !isUp && isRunning(child); ) {
    const admin = openClient(streamSettings(brokers), quietLogger).admin()
    isUp = await admin
      .connect()
      .then(() => admin.describeCluster())
      .then(
        () => true,
        () => false,
      )
    await admin.disconnect()
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!isRunning(child)) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
