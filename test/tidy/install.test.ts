import { expect, test } from 'vitest'
import { z } from 'zod'
import { listFiles } from './source-tree.ts'

/** What `npm ci` asks of the lockfile, so that a fresh clone installs on every platform. */

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      optional: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
})
const text = listFiles('package-lock.json')[0]?.text ?? '{}'
const { packages } = lockfile.parse(JSON.parse(text))

test('every optional package is locked, those of other platforms included', () => {
  // A lockfile written where a registry did not have them all makes `npm ci` refuse everywhere.
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        name => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      )
      .map(name => `${path} wants ${name}`),
  )
  expect(missing).toEqual([])
})

test('the embedded engine is optional, so that a production image can leave it out', () => {
  const engine = Object.keys(packages).filter(path => /^node_modules\/@?chdb/.test(path))
  expect(engine.length).toBeGreaterThan(1)
  expect(engine.filter(path => packages[path]?.optional !== true)).toEqual([])
})
