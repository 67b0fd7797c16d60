import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { openForCommand } from './open.ts'

/** `flopwatch migrate`: brings the schema up to this release and says what it did. */
export async function migrateCommand(
  context: CommandContext,
  options: GlobalOptions,
): Promise<void> {
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
