import { Fault } from '../domain/fault.ts'
import type { DeliveryKind } from '../domain/streams.ts'
import type { Intake, Receipt } from '../ports/intake.ts'

/** Files into the store, one after the other; a bad file does not keep the others out. */

export interface FileSources {
  /** Opens a file; `-` is standard input. */
  open(path: string): Promise<{
    readonly bytes: AsyncIterable<Uint8Array>
    readonly bytes_total: number | null
  }>
}

export interface FileOptions {
  /** null: told from each file's records, or else from its name. */
  readonly stream: DeliveryKind | null
  readonly replace_period: boolean
}

/** Called often; `bytes` are those read of the file, as they lie on disk. */
export type FileProgress = (at: {
  readonly path: string
  readonly bytes: number
  readonly bytes_total: number | null
  readonly receipt: Receipt
}) => void

export interface FileResult {
  readonly path: string
  /** null when nothing of the file was read. */
  readonly receipt: Receipt | null
  readonly fault: Fault | null
}

/** Throws only what is no fault of a file, such as a store that was lost. */
export async function ingestFiles(
  intake: Intake,
  files: FileSources,
  paths: readonly string[],
  options: FileOptions,
  progress: FileProgress = () => undefined,
): Promise<FileResult[]> {
  const results: FileResult[] = []
  for (const path of paths) {
    try {
      const { bytes, bytes_total } = await files.open(path)
      const { receipt, fault } = await intake.receive(
        options.stream,
        bytes,
        {
          name: path === '-' ? 'stdin' : `file:${path}`,
          format: formatOf(path),
          replace_period: options.replace_period,
          body_bytes_max: null,
        },
        at => progress({ path, bytes: at.bytes, bytes_total, receipt: at }),
      )
      results.push({ path, receipt, fault: fault && inFile(path, fault) })
    } catch (fault) {
      if (!isFileFault(fault)) throw fault
      results.push({ path, receipt: null, fault: inFile(path, fault) })
    }
  }
  return results
}

function formatOf(path: string): 'ndjson' | 'csv' | 'auto' {
  const name = path.toLowerCase().replace(/\.gz$/, '')
  if (name.endsWith('.csv')) return 'csv'
  return /\.(ndjson|jsonl)$/.test(name) ? 'ndjson' : 'auto'
}

function isFileFault(fault: unknown): fault is Fault {
  return (
    fault instanceof Fault &&
    (fault.code === 'INPUT_UNREADABLE' || fault.code === 'BODY_MALFORMED' || fault.code === 'USAGE')
  )
}

/** Over a file the fault is the file's; its position stands in the sentence already. */
function inFile(path: string, fault: Fault): Fault {
  if (fault.code !== 'BODY_MALFORMED') return fault
  return new Fault('INPUT_UNREADABLE', `${path}: ${fault.message}`, { cause: fault })
}
