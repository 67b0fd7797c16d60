import { execFileSync } from 'node:child_process'
import { GenericContainer, Wait } from 'testcontainers'
import { freePorts } from './kafka/free-ports.ts'
import { javaMissing } from './kafka/java.ts'
import { openJavaBroker } from './kafka/java-broker.ts'

/**
 * A real Kafka to test against, the best there is: the cluster at KAFKA_BROKERS, a container where
 * Docker runs, otherwise Apache Kafka from Maven Central on the machine's Java.
 */
export interface TestKafka {
  readonly kind: 'KAFKA_BROKERS' | 'container' | 'java'
  /** host:port each. */
  readonly brokers: readonly string[]
  /** Port of the listener whose clients come through the proxy at `proxyPort`; 0 without one. */
  readonly proxiedPort: number
  /** Listeners that want a login, the second over TLS with a certificate to trust. */
  readonly secure: { readonly sasl: string; readonly tls: string; readonly ca_file: string } | null
  /** Ends the broker in order. */
  stop(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Again, on the same ports over the same data; resolves once it answers. */
  start(): Promise<void>
  close(): Promise<void>
}

export interface KafkaNeeds {
  /** Logins and TLS; the tests then know the users. */
  readonly secure?: boolean
  /** Where a proxy listens that clients of `proxiedPort` are to come by. */
  readonly proxyPort?: number
  /** The test stops the broker, or looks into its folder. */
  readonly own?: boolean
}

const IMAGE = 'apache/kafka:4.2.0'

/** What stands in the way of a broker that meets the needs; null when nothing does. */
export function kafkaMissing(needs: KafkaNeeds = {}): string | null {
  if (choose(needs) !== 'java') return null
  const missing = javaMissing()
  return missing === null
    ? null
    : `${missing}: install Docker, or Java 17 and Maven, or set KAFKA_BROKERS`
}

/** Starts one; the suite says which it got. */
export async function openKafka(needs: KafkaNeeds = {}): Promise<TestKafka> {
  const kind = choose(needs)
  if (kind === 'KAFKA_BROKERS') return external(process.env['KAFKA_BROKERS'] ?? '')
  return kind === 'container' ? openContainer(needs) : openJavaBroker(needs)
}

function choose(needs: KafkaNeeds): TestKafka['kind'] {
  const isPlain = needs.secure !== true && needs.proxyPort === undefined
  if (process.env['KAFKA_BROKERS'] && isPlain && needs.own !== true) return 'KAFKA_BROKERS'
  return needs.secure !== true && dockerAnswers() ? 'container' : 'java'
}

function external(list: string): TestKafka {
  const refuse = () => Promise.reject(new Error('the cluster at KAFKA_BROKERS is not ours to stop'))
  return {
    kind: 'KAFKA_BROKERS',
    brokers: list.split(',').map(broker => broker.trim()),
    proxiedPort: 0,
    secure: null,
    stop: refuse,
    kill: refuse,
    start: refuse,
    close: async () => undefined,
  }
}

/** Ports are the same inside and outside, so that what the broker advertises is true for both. */
async function openContainer({ proxyPort }: KafkaNeeds): Promise<TestKafka> {
  const [plain = 0, proxied = 0] = await freePorts(2)
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: plain, host: plain }, { container: proxied, host: proxied })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENERS: `PLAIN://:${plain},PROXIED://:${proxied},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAIN://127.0.0.1:${plain},PROXIED://127.0.0.1:${proxyPort ?? proxied}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
        'PLAIN:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAIN',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  const docker = async (word: string) => {
    execFileSync('docker', [word, container.getId()], { stdio: 'ignore' })
  }
  return {
    kind: 'container',
    brokers: [`127.0.0.1:${plain}`],
    proxiedPort: proxied,
    secure: null,
    stop: () => docker('stop'),
    kill: () => docker('kill'),
    start: () => docker('start'),
    close: async () => {
      await container.stop()
    },
  }
}

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5000 })
    return true
  } catch {
    return false
  }
}
