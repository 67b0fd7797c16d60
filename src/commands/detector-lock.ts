import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { type Lock, lockFile, readDetectorFolders, readLock } from '../catalogue.ts'
import type { ConfigFault } from '../yaml-file.ts'

/**
 * Brings LOCK.yaml up to the folders: a rule whose content changed gets the next version. The lock
 * is what makes "version 3 of this detector" mean one text for ever.
 */

const HEADER = '# Written by `npm run detector:lock`. A changed rule is a new version.\n'

export function lockDetectors(source: { detectorFolder: string; featureFolder: string }): {
  changed: string[]
  faults: readonly ConfigFault[]
} {
  const { folders, faults } = readDetectorFolders(source)
  if (faults.length > 0) return { changed: [], faults }
  const before = readLock(source.detectorFolder).value
  const lock: Lock = {}
  const changed: string[] = []
  for (const { id, hash } of folders) {
    const known = before[id]
    const version = known?.hash === hash ? known.version : (known?.version ?? 0) + 1
    lock[id] = { version, hash }
    if (known?.hash !== hash) changed.push(`${id} is now version ${version}`)
  }
  writeFileSync(lockFile(source.detectorFolder), HEADER + stringify(lock))
  return { changed, faults: [] }
}
