import { join } from 'node:path'
import { createBuildNumbers } from '../../src/domain/build.ts'
import { meterSettings } from '../../src/domain/meter-settings.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import { openReference } from '../../src/reference.ts'
import { createMeter, type Meter } from '../../src/stages/meter.ts'
import { publishReference } from '../../src/stages/reference.ts'
import { projectFolder } from './store.ts'

/** The reference data as shipped in `config/`. */
export const shipped = openReference(join(projectFolder, 'config'))

/** A meter that counts with it, at default settings. */
export async function shippedMeter(store: Store, clock: Clock): Promise<Meter> {
  await publishReference(store, shipped.version, shipped.rows)
  return createMeter({
    store,
    clock,
    builds: createBuildNumbers(clock.now),
    settings: meterSettings.parse(undefined),
    catalogueVersion: shipped.version,
  })
}
