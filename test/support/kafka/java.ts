import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
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
export function javaArguments(jvm: readonly string[] = []): string[] {
  return [...JVM, ...jvm, '-cp', classPath()]
}

/** Runs one of Kafka's tools to its end and gives back what it printed. */
export function runTool(tool: string, words: readonly string[], input = ''): string {
  return execFileSync('java', [...javaArguments(), tool, ...words], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function classPath(): string {
  const known = join(cache, 'class-path.txt')
  const held = readHeld(known)
  if (held !== null) return held
  mkdirSync(cache, { recursive: true })
  // Two suites may start side by side; the name is taken only once the list is whole.
  const fresh = join(cache, `class-path-${process.pid}.txt`)
  execFileSync(
    'mvn',
    ['-B', '-q', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${fresh}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  renameSync(fresh, known)
  return readFileSync(known, 'utf8').trim()
}

/** The list of an earlier run, unless the pom is newer or a jar of it is gone. */
function readHeld(file: string): string | null {
  try {
    if (statSync(file).mtimeMs < statSync(pom).mtimeMs) return null
    const text = readFileSync(file, 'utf8').trim()
    for (const jar of text.split(':')) statSync(jar)
    return text
  } catch {
    return null
  }
}
