/** The scenarios by the names that `flopwatch simulate` takes. */
import type { Window } from '../../domain/window.ts'
import { combineCasts } from '../cast.ts'
import type { Scene } from '../scene.ts'
import { background } from './background.ts'
import { commitmentUnused } from './commitment-unused.ts'
import { domesticTrainer } from './domestic-trainer.ts'
import { foreignShell } from './foreign-shell.ts'
import { goesDark } from './goes-dark.ts'
import { hpc } from './hpc.ts'
import { inference } from './inference.ts'
import { resellerOpaque } from './reseller-opaque.ts'
import { small } from './small.ts'
import { splitFour } from './split-four.ts'

interface Scenario {
  readonly title: string
  /** Default length in days. */
  readonly days: number
  readonly scene: (window: Window) => Scene
}

const DEMO_PARTS = [
  domesticTrainer,
  foreignShell,
  splitFour,
  inference,
  hpc,
  resellerOpaque,
  commitmentUnused,
  goesDark,
  background,
] as const

export const SCENARIOS = {
  demo: {
    title: 'all of the below and some background, sixty days of one cloud',
    days: 60,
    scene: window => combine(DEMO_PARTS.map(scene => scene(window))),
  },
  'domestic-trainer': { title: 'US company, US owners', days: 60, scene: domesticTrainer },
  'foreign-shell': { title: 'Delaware company, 60 % foreign', days: 60, scene: foreignShell },
  'split-four': { title: 'one run over four accounts', days: 60, scene: splitFour },
  inference: { title: 'always on, diurnal', days: 60, scene: inference },
  hpc: { title: 'double-precision codes', days: 60, scene: hpc },
  'reseller-opaque': { title: 'nobody knows the customer', days: 60, scene: resellerOpaque },
  'commitment-unused': { title: 'signed and not yet used', days: 60, scene: commitmentUnused },
  'goes-dark': { title: 'telemetry stops, the bill goes on', days: 60, scene: goesDark },
  background: { title: 'small teams and flawed meters', days: 60, scene: background },
  small: { title: 'four servers at ten seconds, for tests', days: 0.25, scene: small },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(SCENARIOS, name)
}

function combine(scenes: readonly Scene[]): Scene {
  return {
    fleets: scenes.flatMap(scene => scene.fleets),
    cast: combineCasts(scenes.map(scene => scene.cast)),
    commitments: scenes.flatMap(scene => scene.commitments),
    actors: scenes.flatMap(scene => scene.actors),
  }
}
