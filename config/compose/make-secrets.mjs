/**
 * Secrets of docker-compose.yml, drawn once and kept in its volume: a default would be known to
 * everybody, and a file to fill in would be one step more. `node make-secrets.mjs FOLDER`.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = ''] = process.argv.slice(2)
for (const name of ['store-password', 'token', 'grafana-password']) {
  const path = join(folder, name)
  if (existsSync(path)) continue
  // Services read it under users of their own; outside of them the volume is root's alone.
  writeFileSync(`${path}.new`, randomBytes(24).toString('hex'), { mode: 0o444 })
  renameSync(`${path}.new`, path)
}
process.stdout.write('token for pages and API: docker compose exec flopwatch cat secrets/token\n')
