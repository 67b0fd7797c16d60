import { readFileSync } from 'node:fs'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'

/** Reads a YAML file against a schema; every fault carries the line it was found on. */

export interface ConfigFault {
  readonly file: string
  readonly line: number
  readonly message: string
}

export interface YamlFile<T> {
  /** null when there are faults. */
  readonly value: T | null
  readonly text: string
  readonly faults: readonly ConfigFault[]
  /** Line of a path inside the document, for faults that only a later check can find. */
  lineOf(path: readonly (string | number)[]): number
}

/** A file that is missing or unreadable is a fault like any other, on line 1. */
export function readYaml<S extends z.ZodType>(file: string, schema: S): YamlFile<z.output<S>> {
  const text = readText(file)
  if (text === null) {
    const faults = [{ file, line: 1, message: 'the file is missing or cannot be read' }]
    return { value: null, text: '', faults, lineOf: () => 1 }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const lineOf = (path: readonly PropertyKey[]) => lineOfPath(document, lines, path)
  if (document.errors.length > 0) {
    const faults = document.errors.map(error => ({
      file,
      line: lines.linePos(error.pos[0]).line,
      message: error.message.split('\n', 1)[0] ?? 'not YAML',
    }))
    return { value: null, text, faults, lineOf }
  }
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { value: parsed.data, text, faults: [], lineOf }
  const faults = parsed.error.issues.map(issue => ({
    file,
    line: lineOf(placeOf(issue)),
    message: `${issue.path.join('.') || 'the file'}: ${issue.message}`,
  }))
  return { value: null, text, faults, lineOf }
}

/** A key that nobody knows is told where it stands, not where its block begins. */
function placeOf(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === 'unrecognized_keys'
    ? [...issue.path, ...issue.keys.slice(0, 1)]
    : issue.path
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The line of the deepest part of the path that exists: a missing key is reported at its parent. */
function lineOfPath(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = keyOf(document, path.slice(0, depth)) ?? document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

/** A key stands on its own line where its value, when that is a block, begins on the next. */
function keyOf(document: Document, path: readonly PropertyKey[]): unknown {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  if (!isMap(parent)) return null
  const wanted = String(path.at(-1))
  return parent.items.find(({ key }) => isScalar(key) && String(key.value) === wanted)?.key ?? null
}
