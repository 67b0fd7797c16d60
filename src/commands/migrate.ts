import { openEventStream } from '../adapters/kafka/open.ts'
import { createLogger } from '../adapters/logger.ts'
import { Fault } from '../domain/fault.ts'
import { planTopics } from '../domain/kafka-settings.ts'
import { loadSettings } from '../settings.ts'
import { formatTable } from '../terminal/table.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { openForCommand, settingsSource } from './open.ts'

export interface MigrateOptions extends GlobalOptions {
  /** Kafka's topics instead of the store's schema. */
  readonly topics?: boolean
}

/** `flopwatch migrate`: brings the schema, or the topics, up to this release and says what it did. */
export async function migrateCommand(
  context: CommandContext,
  options: MigrateOptions,
): Promise<void> {
  await (options.topics ? migrateTopics(context, options) : migrateStore(context, options))
}

async function migrateStore(context: CommandContext, options: GlobalOptions): Promise<void> {
  const app = await openForCommand(context, options)
  try {
    const { applied, present } = app.migrations
    for (const name of applied) printLine(context, `applied  ${name}`)
    for (const name of present) printLine(context, `present  ${name}`)
    printLine(
      context,
      `reference data ${app.reference.version}, detectors ${app.bundle.hash.slice(0, 16)}`,
    )
  } finally {
    await app.close()
  }
}

/** Needs no store: topics may be made before there is one. */
async function migrateTopics(context: CommandContext, options: GlobalOptions): Promise<void> {
  const { settings } = loadSettings(settingsSource(context, options))
  if (settings.kafka.brokers.length === 0) {
    throw new Fault('USAGE', 'KAFKA_BROKERS is not set: there is no Kafka to create topics in')
  }
  const logger = createLogger(context.stderr, options.verbose ? 'debug' : 'warn')
  const stream = openEventStream(settings.kafka, logger)
  const planned = planTopics(settings.kafka)
  try {
    const created = new Set(await stream.createTopics(planned))
    const rows = planned.map(({ name, partitions, settings }) => [
      name,
      created.has(name) ? 'created' : 'present',
      created.has(name) ? String(partitions) : '',
      created.has(name) ? `${Number(settings['retention.ms']) / 86_400_000} d` : '',
    ])
    printLine(
      context,
      formatTable(
        [
          { name: 'topic' },
          { name: 'state' },
          { name: 'partitions', align: 'right' },
          { name: 'retention', align: 'right' },
        ],
        rows,
      ),
    )
  } finally {
    await stream.close()
  }
}
