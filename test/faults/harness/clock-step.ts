import { readFileSync } from 'node:fs'

/**
 * Imported before the product's program: the clock of the process steps by what stands in a file,
 * in milliseconds, each time it is sent SIGUSR2. Timers go on as they do when a machine's clock is set.
 */
const file = process.env['FAULTS_CLOCK_FILE'] ?? ''
const real = Date.now
let shift_ms = 0
Date.now = () => real() + shift_ms
process.on('SIGUSR2', () => {
  shift_ms = Number(readFileSync(file, 'utf8'))
})
