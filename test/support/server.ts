import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, Wait } from 'testcontainers'
import { startFront } from './front-process.ts'

/**
 * A ClickHouse HTTP endpoint to test against, the best there is: the server at CLICKHOUSE_URL, a
 * container where Docker runs, otherwise the HTTP front over the embedded engine.
 */
export interface Server {
  readonly kind: 'CLICKHOUSE_URL' | 'container' | 'front'
  readonly url: string
  readonly user: string
  readonly password: string
  close(): Promise<void>
}

/** The release whose engine the embedded package carries. */
const IMAGE = 'clickhouse/clickhouse-server:26.7'
const PASSWORD = 'flopwatch-test'

export async function openServer(): Promise<Server> {
  const url = process.env['CLICKHOUSE_URL']
  if (url) {
    const user = process.env['CLICKHOUSE_USER'] ?? 'default'
    const password = process.env['CLICKHOUSE_PASSWORD'] ?? ''
    return { kind: 'CLICKHOUSE_URL', url, user, password, close: async () => undefined }
  }
  if (dockerAnswers()) return openContainer()
  if (process.env['CI_REQUIRE_DOCKER'] === '1') {
    throw new Error('CI_REQUIRE_DOCKER is set and Docker does not answer')
  }
  return openFront()
}

async function openContainer(): Promise<Server> {
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({ CLICKHOUSE_PASSWORD: PASSWORD })
    .withExposedPorts(8123)
    .withWaitStrategy(Wait.forHttp('/ping', 8123))
    .start()
  return {
    kind: 'container',
    url: `http://${container.getHost()}:${container.getMappedPort(8123)}`,
    user: 'default',
    password: PASSWORD,
    close: async () => {
      await container.stop()
    },
  }
}

async function openFront(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-front-'))
  const front = await startFront(join(folder, 'store'))
  return {
    kind: 'front',
    url: front.url,
    user: 'default',
    password: '',
    close: async () => {
      await front.kill()
      await rm(folder, { recursive: true, force: true })
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
