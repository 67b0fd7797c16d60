import { loadSettings } from '../settings.ts'
import { configCommand } from './config.ts'
import { type CommandContext, type GlobalOptions, printLine } from './context.ts'
import { settingsSource } from './open.ts'

/** `flopwatch config` over the settings that a command with these options would use. */
export function settingsCommand(context: CommandContext, options: GlobalOptions): void {
  const loaded = loadSettings(settingsSource(context, options))
  configCommand({ print: text => printLine(context, text) }, loaded, {
    json: options.json === true,
  })
}
