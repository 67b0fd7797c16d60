import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../adapters/clickhouse/open.ts'
import type { CatalogueSource } from '../catalogue.ts'
import { Fault } from '../domain/fault.ts'
import { regimeThresholds } from '../domain/regime.ts'
import { chosenRegime } from '../policy.ts'
import { loadReference } from '../reference.ts'
import { readSettings } from '../settings.ts'
import type { ConfigFault } from '../yaml-file.ts'
import { checkConfig } from './check-config.ts'
import { checkDetectors, checkFixtures } from './check-detectors.ts'
import { type CommandContext, EXIT, type GlobalOptions, printLine } from './context.ts'
import { folders, settingsSource } from './open.ts'

/** `flopwatch check`: every fault of settings, reference data, detectors and fixtures at once. */
export async function checkCommand(
  context: CommandContext,
  options: GlobalOptions,
): Promise<number> {
  const source = settingsSource(context, options)
  const faults: ConfigFault[] = checkConfig(source)
  const { loaded } = readSettings(source)
  const { reference } = loadReference(source.configFolder)
  if (loaded && reference) {
    const { regime, hash } = chosenRegime(reference, loaded.settings)
    const { detectors, sql, config } = folders(context)
    const catalogue = {
      detectorFolder: detectors,
      featureFolder: join(sql, 'features'),
      thresholdsFile: join(config, 'thresholds.yaml'),
      regime: regimeThresholds(regime, hash),
    }
    faults.push(...checkDetectors(catalogue))
    if (faults.length === 0) faults.push(...(await runFixtures(context, catalogue)))
  }
  for (const { file, line, message } of faults) printLine(context, `${file}:${line}: ${message}`)
  printLine(context, faults.length === 0 ? 'all checks passed' : `${faults.length} faults`)
  return faults.length === 0 ? EXIT.done : EXIT.fault
}

/**
 * In a scratch store of their own, thrown away after. An installation without the embedded engine
 * has nowhere to run them and says so; they were run where the release was made.
 */
async function runFixtures(
  context: CommandContext,
  catalogue: CatalogueSource,
): Promise<ConfigFault[]> {
  try {
    return await runInScratchStore(context, catalogue)
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'STORE_UNAVAILABLE') throw fault
    printLine(context, 'detector fixtures were not run: the embedded engine is not installed')
    return []
  }
}

async function runInScratchStore(
  context: CommandContext,
  catalogue: CatalogueSource,
): Promise<ConfigFault[]> {
  const folder = await mkdtemp(join(tmpdir(), 'flopwatch-check-'))
  const { detectors, sql } = folders(context)
  const { store } = await openStore(
    {
      engine: { kind: 'embedded', path: folder },
      cluster: null,
      sqlFolder: sql,
      detectorFolder: detectors,
    },
    context.clock,
  )
  try {
    return await checkFixtures(store, catalogue)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
