import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  fixtureSchema,
  type NamedFixture,
  type Reference,
  referenceSchema,
} from './fixtures/format.ts'
import { type ConfigFault, readYaml } from './yaml-file.ts'

/** Reads `detectors/<id>/fixtures/*.yaml` and the reference chips that they are written against. */

export function readFixtures(
  detectorFolder: string,
  detector: string,
): { fixtures: NamedFixture[]; faults: ConfigFault[] } {
  const folder = join(detectorFolder, detector, 'fixtures')
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter(file => file.endsWith('.yaml'))
        .map(file => file.slice(0, -'.yaml'.length))
        .sort()
    : []
  const read = names.map(name => {
    const file = join(folder, `${name}.yaml`)
    const { value: fixture, faults } = readYaml(file, fixtureSchema)
    return { named: fixture && { detector, name, file, fixture }, faults }
  })
  return {
    fixtures: read.flatMap(({ named }) => (named ? [named] : [])),
    faults: read.flatMap(({ faults }) => [...faults]),
  }
}

export function readReference(detectorFolder: string): {
  reference: Reference | null
  faults: readonly ConfigFault[]
} {
  const { value, faults } = readYaml(join(detectorFolder, 'reference.yaml'), referenceSchema)
  return { reference: value, faults }
}
