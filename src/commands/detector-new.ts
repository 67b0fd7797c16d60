import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../domain/fault.ts'

/** `npm run detector:new <id>`: copies the template folder; the folder's name is the id. */
export function newDetector(detectorFolder: string, id: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
    throw new Fault('USAGE', `"${id}" is no detector id; write words-joined-by-hyphens`)
  }
  const folder = join(detectorFolder, id)
  if (existsSync(folder)) throw new Fault('USAGE', `${folder} exists already`)
  cpSync(join(detectorFolder, '_template'), folder, { recursive: true })
  return folder
}
