import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Engine } from './adapters/clickhouse/connect.ts'
import type { MigrationReport } from './adapters/clickhouse/migrate.ts'
import { openStore } from './adapters/clickhouse/open.ts'
import { convertFor } from './adapters/files/convert.ts'
import { decode } from './adapters/files/decode.ts'
import { decodeMessage } from './adapters/files/decode-message.ts'
import { measuredStore } from './adapters/measured-store.ts'
import { createMetrics } from './adapters/metrics.ts'
import { openCatalogue } from './catalogue.ts'
import { createBuildNumbers } from './domain/build.ts'
import { contentDigest } from './domain/canonical.ts'
import type { TriageRules } from './domain/case/triage-rules.ts'
import type { DetectorBundle } from './domain/detector.ts'
import type { IdentityPolicy } from './domain/identity/determination.ts'
import { type Regime, regimeThresholds } from './domain/regime.ts'
import type { Settings } from './domain/settings.ts'
import { operationsLimits, type TickBound } from './domain/tick-choice.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { chosenRegime, identityPolicy, readTriageRules, triagePolicy } from './policy.ts'
import type { Clock, Logger } from './ports/clock.ts'
import type { Intake } from './ports/intake.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Store } from './ports/store.ts'
import { openReference, type ReferenceData } from './reference.ts'
import { loadSettings } from './settings.ts'
import { createAttribute } from './stages/attribute.ts'
import { createDerive } from './stages/derive.ts'
import { createDetect } from './stages/detect.ts'
import { createGroup } from './stages/group.ts'
import { createIntake } from './stages/ingest/intake.ts'
import { createIngest } from './stages/ingest.ts'
import { createLink } from './stages/link.ts'
import { createMeter, METER_FORM } from './stages/meter.ts'
import { publishReference } from './stages/reference.ts'
import { createTriage } from './stages/triage.ts'
import { createTurns } from './stages/turn.ts'

/** The composition root: settings → store → stages. Start and stop order live here. */

export interface AppSource {
  /** Folder that holds `config`, `detectors` and `sql`. */
  readonly projectFolder: string
  readonly siteFile: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Setting flags of this run, by name. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly logger: Logger
}

export interface App {
  /** Unlike that of any other run of the product. */
  readonly instance: string
  /** Of the release, as package.json has it. */
  readonly version: string
  readonly settings: Settings
  readonly reference: ReferenceData
  readonly regime: Regime
  readonly bundle: DetectorBundle
  readonly identity: IdentityPolicy
  readonly triageRules: TriageRules
  /** What the process tells of itself; every statement of `store` is counted there. */
  readonly metrics: Metrics
  readonly store: Store
  readonly migrations: MigrationReport
  readonly intake: Intake
  readonly pipeline: Pipeline
  /** How much a tick of a running product takes up. */
  readonly tickBound: TickBound
  readonly clock: Clock
  readonly logger: Logger
  close(): Promise<void>
}

/** Loads and checks everything before it opens the store; a fault leaves nothing open. */
export async function openApp(source: AppSource): Promise<App> {
  const configFolder = join(source.projectFolder, 'config')
  const { settings } = loadSettings({ ...source, configFolder })
  const reference = openReference(configFolder)
  const chosen = chosenRegime(reference, settings)
  const identity = identityPolicy(reference, chosen)
  const triageRules = readTriageRules(configFolder)
  const bundle = openCatalogue({
    detectorFolder: join(source.projectFolder, 'detectors'),
    featureFolder: join(source.projectFolder, 'sql', 'features'),
    thresholdsFile: join(configFolder, 'thresholds.yaml'),
    regime: regimeThresholds(chosen.regime, chosen.hash),
  })
  const opened = await openFilledStore(source, settings, reference)
  const { clock, logger } = source
  const metrics = createMetrics({ process: true })
  const store = measuredStore(opened.store, metrics, clock)
  const instance = randomUUID()
  // A data folder has one process at a time: the next one goes on with the turn of the one before.
  const ticker = settings.store.server ? instance : 'embedded'
  const isShared = settings.store.server !== null
  const ingest = createIngest({ store, clock, settings: settings.ingest, instance, isShared })
  const judgement = { settings, reference, regime: chosen.regime, bundle, identity, triageRules }
  return {
    ...judgement,
    version: readVersion(source.projectFolder),
    instance,
    metrics,
    store,
    migrations: opened.migrations,
    intake: createIntake({
      ingest,
      decode,
      decodeMessage: (value, bounds) => decodeMessage(decode, value, bounds),
      convertFor,
      settings: settings.ingest,
    }),
    pipeline: pipelineOf({ ...judgement, store, clock, logger }, ticker, isShared),
    tickBound: tickBoundOf(settings, bundle),
    clock,
    logger,
    close: () => store.close(),
  }
}

export type PipelineParts = Pick<
  App,
  | 'settings'
  | 'reference'
  | 'regime'
  | 'bundle'
  | 'identity'
  | 'triageRules'
  | 'store'
  | 'clock'
  | 'logger'
>

/** The stages as one instance runs them; several instances may stand over one store. */
export function pipelineOf(parts: PipelineParts, instance: string, isShared = true): Pipeline {
  const { settings, reference, regime, bundle, identity, triageRules } = parts
  const { store, clock, logger } = parts
  const builds = createBuildNumbers(() => clock.now())
  const catalogueVersion = reference.version
  const common = { store, clock, builds }
  const stages = {
    meter: createMeter({ ...common, catalogueVersion, settings: settings.meter }),
    derive: createDerive({ ...common, settings: settings.derive }),
    group: createGroup({ store, build: builds, ownership: identity.ownership }),
    link: createLink({ store, build: builds, settings: settings.links }),
    detect: createDetect({
      ...common,
      logger,
      catalogue: bundle,
      catalogueVersion,
      settings: settings.detect,
    }),
    attribute: createAttribute({ store, policy: identity }),
    triage: createTriage({ store, policy: triagePolicy(triageRules, regime, settings) }),
  }
  const basis = {
    meter: contentDigest({ catalogueVersion, settings: settings.meter, form: METER_FORM }),
    derive: contentDigest({ settings: settings.derive }),
  }
  const takeTurn = createTurns({ ...common, instance, isShared })
  return createPipeline({ ...common, stages, basis, instance, takeTurn })
}

function tickBoundOf({ detect }: Settings, bundle: DetectorBundle): TickBound {
  const { devices_per_tick, near_share } = detect
  return { devices_max: devices_per_tick, near_share, limits: operationsLimits(bundle) }
}

const CLOCK_SKEW_MS = 5000
/** The store, migrated and holding the reference data; closed again when that fails. */
async function openFilledStore(
  { projectFolder, clock, logger }: AppSource,
  settings: Settings,
  reference: ReferenceData,
): Promise<{ store: Store; migrations: MigrationReport }> {
  const cluster = settings.store.server?.cluster
  const opened = await openStore(
    {
      engine: engineOf(settings),
      cluster: cluster ? { name: cluster } : null,
      sqlFolder: join(projectFolder, 'sql'),
      detectorFolder: join(projectFolder, 'detectors'),
    },
    clock,
  )
  // No sum rests on the server's clock, so this is no reason to refuse; deadlines rest on ours.
  if (Math.abs(opened.skew_ms) > CLOCK_SKEW_MS) {
    logger.warn({ skew_ms: opened.skew_ms }, 'the clocks of this machine and of the store differ')
  }
  try {
    await publishReference(opened.store, reference.version, reference.rows)
    return opened
  } catch (fault) {
    await opened.store.close()
    throw fault
  }
}

const packageFile = z.object({ version: z.string() })

function readVersion(projectFolder: string): string {
  const text = readFileSync(join(projectFolder, 'package.json'), 'utf8')
  return packageFile.parse(JSON.parse(text)).version
}

function engineOf(settings: Settings): Engine {
  const { server, path } = settings.store
  if (!server) return { kind: 'embedded', path }
  const { url, database, user, password } = server
  return { kind: 'server', url, database, user, password }
}
