/** What the front reads out of a request, apart so that it can be tested without an engine. */

/** Fields of the HTTP interface that are no engine settings. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'session_timeout',
  'role',
  'user',
  'password',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
])

/** `use` and `set` statements that put the request's context in front of its statement. */
export function engineSettings(fields: ReadonlyMap<string, string>): string {
  const database = fields.get('database') ?? 'default'
  const settings = [...fields].filter(
    ([name]) => !NOT_SETTINGS.has(name) && !name.startsWith('param_'),
  )
  return [
    `use ${quoteName(database)}; `,
    ...settings.map(
      ([name, value]) => `set ${quoteName(name)} = '${value.replaceAll("'", "''")}'; `,
    ),
  ].join('')
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '')}\``
}

/**
 * Parameters as the engine's binding takes them. Over HTTP they come as escaped text: lists are
 * taken apart, everything else is unescaped once.
 */
export function bindParameters(params: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, text]) => [
      name,
      text.startsWith('[') && text.endsWith(']') ? readList(text) : unescapeText(text),
    ]),
  )
}

function readList(text: string): (string | bigint | number)[] {
  return [...text.slice(1, -1).matchAll(/'((?:[^'\\]|\\.)*)'|([^,'\s]+)/gs)].map(
    ([, quoted, bare = '']) => {
      if (quoted !== undefined) return unescapeText(quoted)
      return /^-?\d+$/.test(bare) ? BigInt(bare) : Number(bare)
    },
  )
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  0: '\0',
  b: '\b',
  f: '\f',
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (_, sign: string) => ESCAPES[sign] ?? sign)
}

/** A server runs one statement a call; the embedded engine would run both. */
export function holdsTwoStatements(statement: string): boolean {
  if (/^\s*(--.*\n\s*)*insert\s+into\s+\S+\s*\([^)]*\)\s*format\s/i.test(statement)) return false
  const bare = statement
    .replace(/'(?:[^'\\]|\\.|'')*'/gs, "''")
    .replace(/--.*$/gm, '')
    .replace(/\/\*.*?\*\//gs, '')
  return /;\s*\S/.test(bare)
}
