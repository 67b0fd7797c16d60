import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the tidy tests look at: files that git tracks or would track, read once. */

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface SourceFile {
  /** Path from the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export function listFiles(...patterns: string[]): SourceFile[] {
  const output = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    { cwd: root, encoding: 'utf8' },
  )
  return output
    .split('\n')
    .filter(path => path !== '')
    .flatMap(path => {
      try {
        return [{ path, text: readFileSync(join(root, path), 'utf8') }]
      } catch {
        return [] // deleted in the working tree, still in the index
      }
    })
}

export interface Import {
  readonly from: string
  /** Path from the root for a file of ours, the package name otherwise. */
  readonly target: string
  readonly isOurs: boolean
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g

export function importsOf(file: SourceFile): Import[] {
  return [...file.text.matchAll(IMPORT)].map(match => {
    const specifier = match[1] ?? match[2] ?? ''
    const isOurs = specifier.startsWith('.')
    return {
      from: file.path,
      target: isOurs ? normalize(join(dirname(file.path), specifier)) : packageName(specifier),
      isOurs,
    }
  })
}

function packageName(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}
