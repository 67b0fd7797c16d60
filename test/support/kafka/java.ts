import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The machine's Java, and Kafka's jars from Maven Central. */

const pom = fileURLToPath(new URL('./pom.xml', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/kafka', import.meta.url))

/** Small and quick to start: a test broker lives for seconds. */
const JVM = ['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dlog4j2.level=INFO']

/** null when Java 17 or newer and Maven are there; else what is missing. */
export function javaMissing(): string | null {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 20_000 })
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0)
  if (version < 17) return 'no Java 17'
  const maven = spawnSync('mvn', ['--version'], { stdio: 'ignore', timeout: 20_000 })
  return maven.status === 0 ? null : 'no Maven'
}

/** Arguments of `java` before the class to run. Fetches the jars on first use. */
export function javaArguments(): string[] {
  return [...JVM, `@${argumentFile()}`]
}

/** Runs one of Kafka's tools to its end and gives back what it printed. */
export function runTool(tool: string, words: readonly string[], input = ''): string {
  return execFileSync('java', [...javaArguments(), tool, ...words], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** A file that gives Java the class path: a hundred jars make an error message nobody reads. */
function argumentFile(): string {
  const file = join(cache, 'arguments.txt')
  if (isCurrent(file)) return file
  mkdirSync(cache, { recursive: true })
  // Two suites may start side by side; the name is taken only once the list is whole.
  const fresh = join(cache, `class-path-${process.pid}.txt`)
  execFileSync(
    'mvn',
    [
      '-B',
      '-q',
      '-Dstyle.color=never',
      '-f',
      pom,
      'dependency:build-classpath',
      `-Dmdep.outputFile=${fresh}`,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const path = readFileSync(fresh, 'utf8').trim()
  writeFileSync(fresh, `-cp\n"${path.replaceAll('\\', '\\\\')}"\n`)
  renameSync(fresh, file)
  return file
}

/** That of an earlier run serves, unless the pom is newer or a jar is gone. */
function isCurrent(file: string): boolean {
  try {
    if (statSync(file).mtimeMs < statSync(pom).mtimeMs) return false
    const [, path = ''] = /"(.*)"/.exec(readFileSync(file, 'utf8')) ?? []
    return path.split(delimiter).every(jar => existsSync(jar))
  } catch {
    return false
  }
}
