import { join } from 'node:path'
import { createLogger } from '../adapters/logger.ts'
import { type App, openApp } from '../app.ts'
import type { SettingsSource } from '../settings.ts'
import type { CommandContext, GlobalOptions } from './context.ts'

/** Opens the app for one command from its options and the process around it. */
export function openForCommand(
  context: CommandContext,
  options: GlobalOptions,
  flags: Readonly<Record<string, string | undefined>> = {},
): Promise<App> {
  return openApp({
    projectFolder: context.projectFolder,
    siteFile: options.config ?? null,
    environment: context.environment,
    flags: { data: options.data, 'idle-gap': options.idleGap, ...flags },
    clock: context.clock,
    logger: createLogger(context.stderr, options.verbose ? 'debug' : 'warn'),
  })
}

/** Where the settings of a command come from. */
export function settingsSource(context: CommandContext, options: GlobalOptions): SettingsSource {
  return {
    configFolder: folders(context).config,
    siteFile: options.config ?? null,
    environment: context.environment,
    flags: { data: options.data, 'idle-gap': options.idleGap },
  }
}

/** Folders that commands read by name. */
export function folders(context: CommandContext): {
  config: string
  detectors: string
  sql: string
} {
  const folder = (name: string) => join(context.projectFolder, name)
  return { config: folder('config'), detectors: folder('detectors'), sql: folder('sql') }
}
