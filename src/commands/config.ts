/** `flopwatch config`: every setting in effect with the layer it came from, secrets redacted. */
import type { LoadedSettings } from '../settings.ts'
import { formatTable } from '../terminal/table.ts'

export interface SettingRow {
  readonly setting: string
  readonly value: string
  readonly origin: string
}

export function configCommand(
  context: { readonly print: (text: string) => void },
  loaded: LoadedSettings,
  options: { readonly json: boolean },
): void {
  const rows = settingRows(loaded)
  if (options.json) {
    context.print(JSON.stringify(rows, null, 2))
    return
  }
  const columns = [{ name: 'setting' }, { name: 'value' }, { name: 'origin' }]
  const cells = rows.map(({ setting, value, origin }) => [setting, value, origin])
  context.print(formatTable(columns, cells))
}

/** Settings of the files first, then what the environment gives. Secrets never leave here. */
export function settingRows({ file, environment, origins }: LoadedSettings): SettingRow[] {
  const filed = [...origins].map(([setting, origin]) => ({
    setting,
    value: show(valueAt(file, setting)),
    origin,
  }))
  const { CLICKHOUSE_URL: url, CLICKHOUSE_PASSWORD: password } = environment
  const given: [string, string | null][] = [
    ['CLICKHOUSE_URL', url === undefined ? null : withoutCredentials(url)],
    ['CLICKHOUSE_DATABASE', url === undefined ? null : environment.CLICKHOUSE_DATABASE],
    ['CLICKHOUSE_USER', url === undefined ? null : environment.CLICKHOUSE_USER],
    ['CLICKHOUSE_PASSWORD', password === '' ? null : '(set)'],
    ['CLICKHOUSE_CLUSTER', environment.CLICKHOUSE_CLUSTER ?? null],
    ['KAFKA_BROKERS', environment.KAFKA_BROKERS?.join(', ') ?? null],
    ['KAFKA_TLS', environment.KAFKA_TLS],
    ['KAFKA_CA_FILE', environment.KAFKA_CA_FILE ?? null],
    ['KAFKA_SASL_MECHANISM', environment.KAFKA_SASL_MECHANISM ?? null],
    ['KAFKA_USERNAME', environment.KAFKA_USERNAME || null],
    ['KAFKA_PASSWORD', environment.KAFKA_PASSWORD === '' ? null : '(set)'],
    ['FLOPWATCH_TOKENS', tokens(environment.FLOPWATCH_TOKENS)],
    // An address may hold a token of the receiver's.
    ['FLOPWATCH_WEBHOOKS', tokens(environment.FLOPWATCH_WEBHOOKS)],
    ['FLOPWATCH_WEBHOOK_SECRET', environment.FLOPWATCH_WEBHOOK_SECRET ? '(set)' : null],
  ]
  const rest = given.map(([setting, value]) => ({
    setting,
    value: value ?? '(not set)',
    origin: 'environment',
  }))
  return [...filed, ...rest]
}

function tokens(held: readonly string[] | undefined): string | null {
  return held === undefined ? null : `(${held.length} set)`
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url)
  if (parsed.username === '' && parsed.password === '') return url
  parsed.username = '***'
  parsed.password = ''
  return parsed.toString()
}

function valueAt(tree: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((node, part) => {
    if (typeof node !== 'object' || node === null) return undefined
    return Object.entries(node).find(([name]) => name === part)?.[1]
  }, tree)
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
