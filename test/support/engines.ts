import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { type Connections, connect, type Engine } from '../../src/adapters/clickhouse/connect.ts'
import { openServer } from './server.ts'

/** The engines that the contract suites run over. */
export const ENGINES = ['embedded', 'server'] as const
export type EngineKind = (typeof ENGINES)[number]

export interface TestEngine {
  readonly engine: Engine
  readonly connections: Connections
  close(): Promise<void>
}

/** An empty database on the engine wanted; says on stdout what stands behind `server`. */
export async function openEngine(kind: EngineKind): Promise<TestEngine> {
  return kind === 'embedded' ? openEmbedded() : openRemote()
}

async function openEmbedded(): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-test-'))
  const engine = { kind: 'embedded', path: join(folder, 'store') } as const
  const connections = await connect(engine)
  return {
    engine,
    connections,
    close: async () => {
      await connections.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function openRemote(): Promise<TestEngine> {
  const server = await openServer()
  process.stdout.write(`contract suite: server engine is ${server.kind} at ${server.url}\n`)
  const { url, user, password } = server
  const database = `flopwatch_test_${randomUUID().slice(0, 8)}`
  const admin = createClient({ url, username: user, password })
  await admin.command({ query: `create database ${database}` })
  const engine = { kind: 'server', url, database, user, password } as const
  const connections = await connect(engine)
  return {
    engine,
    connections,
    close: async () => {
      await connections.close()
      await admin.command({ query: `drop database ${database}` })
      await admin.close()
      await server.close()
    },
  }
}
