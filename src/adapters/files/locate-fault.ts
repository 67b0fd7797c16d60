/**
 * Where text stops being JSON. JSON.parse knows, but names the place in some of its messages only;
 * this walk runs just for text that it refused.
 */

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true\b|false\b|null\b))/y

/** What may come next: a value, a name, a colon, or a comma or closing bracket. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'next' | 'nothing'

/** Character offset of the first token that cannot stand there; the text's length when it ends early. */
export function locateFault(text: string): number {
  const open: string[] = []
  let expected: Expected = 'value'
  TOKEN.lastIndex = 0
  for (let from = 0; ; from = TOKEN.lastIndex) {
    TOKEN.lastIndex = from
    const token = TOKEN.exec(text)
    const start = from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0)
    if (token === null) return start
    const next = step(open, expected, token[1] ?? (token[2] === undefined ? 'scalar' : 'string'))
    if (next === null) return start
    expected = next
  }
}

function step(open: string[], expected: Expected, token: string): Expected | null {
  switch (token) {
    case '{':
    case '[':
      if (expected !== 'value' && expected !== 'value-or-end') return null
      open.push(token)
      return token === '{' ? 'name-or-end' : 'value-or-end'
    case '}':
      if (open.pop() !== '{' || (expected !== 'next' && expected !== 'name-or-end')) return null
      return open.length === 0 ? 'nothing' : 'next'
    case ']':
      if (open.pop() !== '[' || (expected !== 'next' && expected !== 'value-or-end')) return null
      return open.length === 0 ? 'nothing' : 'next'
    case ',':
      if (expected !== 'next') return null
      return open.at(-1) === '{' ? 'name' : 'value'
    case ':':
      return expected === 'colon' ? 'value' : null
    case 'string':
      if (expected === 'name' || expected === 'name-or-end') return 'colon'
      return scalar(open, expected)
    default:
      return scalar(open, expected)
  }
}

function scalar(open: readonly string[], expected: Expected): Expected | null {
  if (expected !== 'value' && expected !== 'value-or-end') return null
  return open.length === 0 ? 'nothing' : 'next'
}
