/**
 * Templates that escape: every value is text unless it is itself the result of a template. There
 * is no way to mark a string as safe, so no value from outside can become markup.
 */

const made = Symbol('html')

export interface Html {
  readonly [made]: string
}

export type Content = Html | string | number | null | undefined | false | readonly Content[]

/** Values are escaped for text and for quoted attributes; quote every attribute in a template. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const text = parts.map((part, at) => part + (at < values.length ? render(values[at]) : ''))
  return { [made]: text.join('') }
}

export function toText(content: Html): string {
  return content[made]
}

/** Puts content between the items. */
export function joined(items: readonly Content[], between: Content): Content[] {
  return items.flatMap((item, at) => (at === 0 ? [item] : [between, item]))
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escapeText(value)
  if (isList(value)) return value.map(render).join('')
  return value[made]
}

function isList(value: object): value is readonly Content[] {
  return Array.isArray(value)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, found => ESCAPES[found] ?? '')
}
