import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaSettings } from '../domain/kafka-settings.ts'
import { loadSettings } from '../settings.ts'
import type { BenchContext } from './context.ts'

/** Settings of one measurement: the defaults but for what keeps it apart from everything else. */
export interface Site {
  readonly file: string
  readonly kafka: KafkaSettings
}

export interface SiteOptions {
  readonly topic_prefix?: string
  readonly group?: string
  readonly session_timeout_s?: number
  readonly tick_s?: number
}

export async function writeSite(
  bench: BenchContext,
  name: string,
  { tick_s, ...kafka }: SiteOptions,
): Promise<Site> {
  const file = join(bench.folder, `${name}.yaml`)
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ kafka, ...(tick_s ? { detect: { tick_s } } : {}) }))
  const configFolder = join(bench.projectFolder, 'config')
  const { settings } = loadSettings({ ...bench, configFolder, siteFile: file, flags: {} })
  return { file, kafka: settings.kafka }
}

/** Topics that are there already, read by a group of its own: so each reading begins at the beginning. */
export function siteOfReading(
  bench: BenchContext,
  topic_prefix: string,
  name: string,
  more: SiteOptions = {},
): Promise<Site> {
  return writeSite(bench, `reading-${name}`, {
    topic_prefix,
    group: `${topic_prefix}${name}`,
    ...more,
  })
}
