import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FrontFault } from './clickhouse-front.ts'

export interface Front {
  /** Stays the same over restarts. */
  readonly url: string
  /** Replaces the faults that are armed; returns once the front knows them. */
  fail(...faults: FrontFault[]): Promise<void>
  /** Ends the process with SIGKILL, as a crash would. */
  kill(): Promise<void>
  /** Starts it again over the same data directory and port. */
  restart(): Promise<void>
}

/** Starts a front over `folder`. The embedded engine allows one process per folder. */
export async function startFront(folder: string): Promise<Front> {
  let child = await launch(folder, 0)
  const { port } = child
  return {
    url: `http://127.0.0.1:${port}`,
    async fail(...faults) {
      child.process.send(faults)
      await once(child.process, 'message')
    },
    kill: () => end(child.process),
    async restart() {
      await end(child.process)
      child = await launch(folder, port)
    },
  }
}

async function launch(
  folder: string,
  port: number,
): Promise<{ process: ChildProcess; port: number }> {
  const program = fileURLToPath(new URL('./clickhouse-front.ts', import.meta.url))
  const process = fork(program, [folder, String(port)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ready = once(process, 'message')
  const died = once(process, 'exit').then(([code]) => {
    throw new Error(`the front ended with ${code} before it listened`)
  })
  const [message] = await Promise.race([ready, died])
  died.catch(() => null)
  return { process, port: (message as { port: number }).port }
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return
  const gone = once(process, 'exit')
  process.kill('SIGKILL')
  await gone
}
