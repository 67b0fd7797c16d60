import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { kafkaMissing, openKafka } from '../support/kafka-broker.ts'
import { projectFolder } from '../support/store.ts'

/**
 * `npm run bench`: starts a broker where one can be had and hands it to `flopwatch bench`. Without
 * one the sections that need Kafka say why they were left out.
 */

const missing = kafkaMissing()
if (missing !== null) process.stderr.write(`no broker: ${missing}\n`)
const kafka = missing === null ? await openKafka() : null
try {
  const program = join(projectFolder, 'src', 'main.ts')
  const child = spawn(process.execPath, [program, 'bench', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, ...(kafka ? { KAFKA_BROKERS: kafka.brokers.join(',') } : {}) },
  })
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 1
} finally {
  await kafka?.close()
}
