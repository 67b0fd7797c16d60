import { CommanderError } from 'commander'
import { FAULTS, Fault } from '../domain/fault.ts'
import { type CommandContext, EXIT } from './context.ts'
import { buildMenu } from './menu.ts'

/** The command line of the contract: words in, exit code out. Errors are one sentence. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  let code: number = EXIT.done
  const menu = buildMenu(context, exit => {
    code = exit
  })
  try {
    await menu.parseAsync([...words], { from: 'user' })
    return code
  } catch (fault) {
    return exitOf(context, fault)
  }
}

/** Operating faults are told in a sentence; anything else is a defect and shows its stack. */
function exitOf(context: CommandContext, fault: unknown): number {
  if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT.done : EXIT.usage
  if (fault instanceof Fault) {
    context.stderr.write(`flopwatch: ${fault.message}. ${FAULTS[fault.code].remedy}\n`)
    return fault.code === 'USAGE' ? EXIT.usage : EXIT.fault
  }
  context.stderr.write(`flopwatch: ${fault instanceof Error ? fault.stack : String(fault)}\n`)
  return EXIT.fault
}
