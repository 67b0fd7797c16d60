import { expect, test } from 'vitest'
import { listFiles } from './source-tree.ts'

const source = listFiles('src/**/*.ts', 'src/*.ts').filter(file => file.path.endsWith('.ts'))
const tests = listFiles('test/**/*.ts').filter(file => file.path.endsWith('.ts'))
const own = (path: string): boolean => path.startsWith('test/tidy/')

const lineCount = (text: string): number => text.split('\n').length - 1

test('no file is longer than 300 lines and the median source file is near 100', () => {
  const long = [...source, ...tests]
    .filter(file => lineCount(file.text) > 300)
    .map(file => `${file.path}: ${lineCount(file.text)}`)
  expect(long).toEqual([])
  const sizes = source.map(file => lineCount(file.text)).sort((a, b) => a - b)
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(120)
})

/** What is banned, where it is allowed, and what to write instead. */
const BANNED: readonly { pattern: RegExp; except: RegExp; instead: string }[] = [
  {
    pattern: /new Date\(|Date\.now\(|Date\.UTC\(|Date\.parse\(/,
    except: /^src\/(domain\/window|adapters\/system-clock)\.ts$/,
    instead: 'the clock port, or parseInstant and formatInstant of domain/window.ts',
  },
  { pattern: /\bprocess\.\w/, except: /^src\/main\.ts$/, instead: 'a value passed in by main.ts' },
  { pattern: /Math\.random\(/, except: /^$/, instead: 'pure-rand with a seed' },
  { pattern: /console\.\w+\(/, except: /^$/, instead: 'the logger, or the terminal passed in' },
  { pattern: /as unknown as/, except: /^$/, instead: 'a type that fits' },
  { pattern: /\.message\.includes\(/, except: /^$/, instead: 'fault codes' },
  {
    pattern: /clickhouse_settings/,
    except: /^src\/adapters\/clickhouse\/connect\.ts$/,
    instead: 'settings fixed once in connect.ts; per-call settings leak on the embedded engine',
  },
  {
    pattern: /`\s*(select\s[^`]*\sfrom|insert\s+into|alter\s+table|create\s+table)\s/i,
    except: /^$/,
    instead: 'a named file in sql/',
  },
  {
    pattern: /\b(FIXME|TODO|XXX)\b/,
    except: /^$/,
    instead: 'the work, or a sentence on the bound',
  },
  {
    pattern: /@ts-ignore|@ts-nocheck|biome-ignore(?!.*: \w)/,
    except: /^$/,
    instead: 'a type that fits',
  },
  {
    pattern: /https?:\/\/(registry|repo1?|deb|pypi|crates|proxy)\./,
    except: /^$/,
    instead: 'the package name alone',
  },
]

test.each(BANNED)('source never has $pattern', ({ pattern, except, instead }) => {
  const found = source
    .filter(file => pattern.test(file.text) && !except.test(file.path))
    .map(file => `${file.path}: write ${instead}`)
  expect(found).toEqual([])
})

test('tests neither stand alone nor retry nor sleep, and a skip says why', () => {
  const faults = tests
    .filter(file => !own(file.path))
    .flatMap(file => [
      ...(/\b(test|it|describe)\.only\(/.test(file.text) ? [`${file.path}: .only`] : []),
      ...(/\b(test|it|describe)\.skip\(/.test(file.text) ? [`${file.path}: .skip`] : []),
      ...(/retry:\s*[1-9]/.test(file.text) ? [`${file.path}: retry`] : []),
      ...(/setTimeout\(\s*(resolve|done|r)\b/.test(file.text) ? [`${file.path}: sleeps`] : []),
      ...(/as any\b|@ts-ignore/.test(file.text) ? [`${file.path}: untyped`] : []),
    ])
  expect(faults).toEqual([])
})

test('migrations hold no materialized view: a retried insert would count twice in it', () => {
  const faults = listFiles('sql/**/*.sql').filter(file => /materialized\s+view/i.test(file.text))
  expect(faults.map(file => file.path)).toEqual([])
})

test('queries name their columns, bind their parameters and say their bound', () => {
  const faults = listFiles('sql/queries/*.sql', 'sql/features/*.sql').flatMap(file => [
    ...(/^-- .+/.test(file.text) ? [] : [`${file.path}: opens with its purpose`]),
    ...(/^-- +bound:/m.test(file.text) ? [] : [`${file.path}: states its bound`]),
    ...(file.text.replace(/\/\*[\s\S]*?\*\//g, '').split(';').length > 1 &&
    !/^--.*;/m.test(file.text)
      ? [`${file.path}: one statement a file`]
      : []),
  ])
  expect(faults).toEqual([])
})

test('times in SQL name their zone: without one they mean that of the server', () => {
  const faults = listFiles('sql/**/*.sql', 'detectors/**/*.sql').filter(file =>
    /DateTime(64\(3\))?(?![\w('64])/.test(
      file.text.replace(/--.*$/gm, '').replace(/toDateTime\w*/g, ''),
    ),
  )
  expect(faults.map(file => file.path)).toEqual([])
})

const TOP_LEVEL = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'docker-compose.yml',
  'Dockerfile',
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'LICENSE',
  'src',
  'detectors',
  'sql',
  'config',
  'test',
])

test('the top level holds what the layout names, and dotfiles', () => {
  const names = new Set(listFiles('.').map(file => file.path.split('/')[0] ?? ''))
  expect([...names].filter(name => !TOP_LEVEL.has(name) && !name.startsWith('.'))).toEqual([])
})

test('versions are pinned exactly', () => {
  const manifest = listFiles('package.json')[0]?.text ?? '{}'
  const ranges = [...manifest.matchAll(/"([^"]+)": "([~^><*][^"]*)"/g)]
    .map(match => `${match[1]} ${match[2]}`)
    .filter(text => !text.startsWith('node >='))
  expect(ranges).toEqual([])
})
