import { assert } from '../../domain/fault.ts'

/**
 * Parameters written into a statement, for the embedded engine: it takes statements that come with
 * parameters one at a time in the whole process, whatever connection they are on, so that a page
 * would wait for a tick and a body for both. What a value becomes is a literal, cast to the type
 * that the statement declares; text can end no literal.
 */

/** `{name:Type}`; the types of our statements nest parentheses once at most. */
const PLACEHOLDER = /\{([a-z_]+):([A-Z]\w*(?:\((?:[^(){}]|\([^(){}]*\))*\))?)\}/g

/** A placeholder without a value stays, and the engine says which. */
export function bindText(query: string, params: Readonly<Record<string, unknown>>): string {
  return query.replace(PLACEHOLDER, (placeholder, name: string, type: string) =>
    Object.hasOwn(params, name) ? bound(params[name], type) : placeholder,
  )
}

function bound(value: unknown, type: string): string {
  if (type === 'Identifier') {
    assert(typeof value === 'string' && /^[a-z_0-9]+$/.test(value), 'names are plain words')
    return value
  }
  const text = literal(value, type)
  return type === 'String' ? text : `CAST(${text}, ${quoted(type)})`
}

function literal(value: unknown, type: string): string {
  if (Array.isArray(value)) {
    const element = type.replace(/^Array\((.*)\)$/, '$1')
    return `[${value.map(one => literal(one, element)).join(',')}]`
  }
  if (typeof value === 'string') return isNumber(value, type) ? value : quoted(value)
  assert(typeof value === 'boolean' || Number.isFinite(value), `a parameter of type ${type}`)
  return String(value)
}

/** Numbers that come as text are read as numbers of a statement are: to the last digit. */
function isNumber(value: string, type: string): boolean {
  return /^(?:U?Int|Float)\d+$/.test(type) && /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/.test(value)
}

/** What would end the literal, or the statement, is escaped. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
}
