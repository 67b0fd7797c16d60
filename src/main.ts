#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { systemClock } from './adapters/system-clock.ts'
import { runCommandLine } from './commands/command-line.ts'

/** The process: its streams, its environment, its signals and its exit code. Nothing else here. */

const projectFolder = fileURLToPath(new URL('..', import.meta.url))

const stopped = new Promise<void>(resolve => {
  process.once('SIGINT', () => resolve())
  process.once('SIGTERM', () => resolve())
})

// Output goes into a pipe that its reader may close, as `head` does: that is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit(0)
  throw fault
})

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  projectFolder,
  clock: systemClock,
  stopped,
  memoryPeak_bytes: () => process.resourceUsage().maxRSS * 1024,
})
// The embedded engine keeps threads that would hold the process open after its work is done.
process.exit()
