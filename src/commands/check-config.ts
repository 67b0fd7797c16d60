/** The half of `flopwatch check` that is about `config/`: settings and reference data. */
import { loadReference } from '../reference.ts'
import { readSettings, type SettingsSource } from '../settings.ts'
import type { ConfigFault } from '../yaml-file.ts'

/** Every fault of the settings in effect and of the reference files. Changes nothing. */
export function checkConfig(source: SettingsSource): ConfigFault[] {
  return [...readSettings(source).faults, ...loadReference(source.configFolder).faults]
}
