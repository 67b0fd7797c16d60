import { parseArgs } from 'node:util'
import { kafkaMissing } from '../../support/kafka-broker.ts'
import { runFaults } from './run.ts'

/** `npm run faults -- --minutes 30 --seed N`: the fault harness for as long as wanted. */

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' } },
})
const seed = Number(values.seed ?? Math.trunc(performance.timeOrigin % 1e9))
const say = (text: string) => process.stdout.write(`${text}\n`)
const missing = kafkaMissing({ own: true })
if (missing !== null) {
  say(missing)
  process.exit(1)
}
try {
  const report = await runFaults({ seed, minutes: Number(values.minutes), say })
  say(`${report.table}\nseed ${seed}: totals exact after ${report.faults} faults`)
} catch {
  process.exitCode = 1
}
process.exit()
