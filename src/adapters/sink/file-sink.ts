import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_NAME, type PackageFile } from '../../domain/report/manifest.ts'
import type { ReportSink } from '../../ports/report-sink.ts'

/**
 * Report packages in folders, `<folder>/<report id>/`. The manifest is written last and names the
 * hash of every file, so a folder with a manifest is a whole package, and one that holds the same
 * manifest needs no second writing.
 */
export function createFileSink(folder: string): ReportSink {
  return {
    async deliver({ report, files }) {
      const place = join(folder, report.report_id)
      const manifest = files.find(file => file.name === MANIFEST_NAME)
      if (manifest && (await holds(place, manifest))) return { place, written: false }
      await mkdir(place, { recursive: true })
      const inOrder = files.toSorted((a, b) => rank(a) - rank(b))
      for (const file of inOrder) await writeWhole(join(place, file.name), file.bytes)
      return { place, written: true }
    },
  }
}

function rank(file: PackageFile): number {
  return file.name === MANIFEST_NAME ? 1 : 0
}

/** A reader never meets half a file: it is written beside its place and moved there. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.part`
  await writeFile(beside, bytes)
  await rename(beside, path)
}

async function holds(place: string, file: PackageFile): Promise<boolean> {
  try {
    const there = await readFile(join(place, file.name))
    return there.equals(file.bytes)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return false
    throw cause
  }
}
