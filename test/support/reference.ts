import { join } from 'node:path'
import { openReference } from '../../src/reference.ts'
import { projectFolder } from './store.ts'

/** The reference data as shipped in `config/`. */
export const shipped = openReference(join(projectFolder, 'config'))
