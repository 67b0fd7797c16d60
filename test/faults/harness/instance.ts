import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCommand } from '../../support/command.ts'
import { type FaultProxy, openFaultProxy } from '../../support/fault-proxy.ts'

/** One `flopwatch serve --roles ingest` with whoever restarts it, as a supervisor would. */
export interface Instance {
  readonly name: string
  /** Its way to the store. */
  readonly storeLink: FaultProxy
  /** Where it listens; null while it does not. */
  address(): string | null
  /** Starts it and keeps it started. */
  want(): void
  /** Resolves once it listens; rejects when it was seen to fail. */
  isUp(): Promise<void>
  /** SIGKILL, and it stays down until it is wanted again. */
  kill(): Promise<void>
  /** SIGTERM. Throws unless it exits 0 within ten seconds. */
  terminate(): Promise<void>
  /** SIGSTOP and SIGCONT: a machine that sleeps and does not know it. */
  freeze(): void
  thaw(): void
  /** Sets its clock apart from the machine's. */
  stepClock(ms: number): void
  close(): Promise<void>
}

export interface InstanceOptions {
  readonly name: string
  /** For its log and its clock. */
  readonly folder: string
  readonly siteFile: string
  readonly storePort: number
  readonly brokers: readonly string[]
  /** Told when it ends though nobody asked it to. */
  readonly onDeath: (why: string) => void
}

const EXIT_S_MAX = 10
/** An answer of the store that takes longer counts as none; half-open links show no other sign. */
const STORE_PATIENCE_MS = 5000

export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { name, folder } = options
  const storeLink = await openFaultProxy()
  storeLink.forwardTo(options.storePort)
  const clockFile = join(folder, `${name}.clock`)
  writeFileSync(clockFile, '0')
  const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' })
  let wanted = false
  let child: ChildProcess | null = null
  let address: string | null = null
  let up = Promise.withResolvers<void>()

  const launch = () => {
    const env = {
      CLICKHOUSE_URL: `http://127.0.0.1:${storeLink.port}/?request_timeout=${STORE_PATIENCE_MS}`,
      KAFKA_BROKERS: options.brokers.join(),
      FAULTS_CLOCK_FILE: clockFile,
    }
    const words = ['serve', '--roles', 'ingest', '--config', options.siteFile, '--port', '0']
    const node = ['--import', fileURLToPath(new URL('./clock-step.ts', import.meta.url))]
    const started = startCommand(words, { env, node })
    child = started
    started.stderr?.pipe(log, { end: false })
    started.stdout?.on('data', (chunk: Buffer) => {
      log.write(chunk)
      const found = /listens on (http:\S+)/.exec(chunk.toString())?.[1]
      if (found === undefined) return
      address = found
      up.resolve()
    })
    started.once('exit', (code, signal) => ended(code, signal))
  }
  const ended = (code: number | null, signal: string | null) => {
    const served = address !== null
    child = null
    address = null
    if (served) up = Promise.withResolvers()
    if (!wanted) return
    log.write(`harness: ${name} ended with ${code ?? signal}, served: ${served}\n`)
    if (served || code !== 1) options.onDeath(`${name} ended with ${code ?? signal}`)
    // It could not start, for want of a broker or a store: tried again, as a supervisor does.
    setTimeout(() => wanted && child === null && launch(), 500)
  }
  const end = async (signal: NodeJS.Signals): Promise<ChildProcess | null> => {
    wanted = false
    const ending = child
    if (ending === null) return null
    const exit = once(ending, 'exit')
    log.write(`harness: ${name} is sent ${signal}\n`)
    ending.kill(signal)
    await exit
    return ending
  }
  return {
    name,
    storeLink,
    address: () => address,
    want() {
      wanted = true
      if (child === null) launch()
    },
    isUp: () => up.promise,
    async kill() {
      await end('SIGKILL')
    },
    async terminate() {
      const from = performance.now()
      const ending = await end('SIGTERM')
      const seconds = (performance.now() - from) / 1000
      if (ending === null || (ending.exitCode === 0 && seconds <= EXIT_S_MAX)) return
      const how = ending.exitCode ?? ending.signalCode
      throw new Error(`${name} ended on SIGTERM with ${how} after ${seconds.toFixed(1)} s`)
    },
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    stepClock(ms) {
      writeFileSync(clockFile, String(ms))
      child?.kill('SIGUSR2')
    },
    async close() {
      await end('SIGKILL')
      await storeLink.close()
      log.end()
    },
  }
}
