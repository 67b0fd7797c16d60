#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { systemClock } from './adapters/system-clock.ts'
import { runCommandLine } from './commands/command-line.ts'

/** The process: its streams, its environment, its signals and its exit code. Nothing else here. */

const projectFolder = fileURLToPath(new URL('..', import.meta.url))

/** Taken by who waits for it: every other command ends at the signal, as programs do. */
function stopAsked(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

// Output goes into a pipe that its reader may close, as `head` does: that is no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code === 'EPIPE') process.exit(0)
    throw fault
  })
}

/** What waits for a slow reader of a pipe is lost if the process exits first. */
async function flushOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>(resolve => stream.write('', () => resolve()))
  }
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  projectFolder,
  clock: systemClock,
  get stopped() {
    return stopAsked()
  },
  memoryPeak_bytes: () => process.resourceUsage().maxRSS * 1024,
  cpu_s: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  },
})
await flushOutput()
// The embedded engine keeps threads that would hold the process open after its work is done.
process.exit()
