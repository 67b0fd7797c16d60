import type { StreamName } from '../../domain/streams.ts'
import type { Draft } from './convert.ts'

/**
 * Identity from a table. Columns are the fields of the record; a dot leads into a nested one
 * (`verification.state`, `addresses.0.country`), lists are separated by semicolons, and a cell that
 * opens with a bracket is JSON. `name` is the legal name.
 */
export function readTableRow(stream: StreamName, row: object): readonly Draft[] | string {
  const value: Nested = {}
  for (const [column, cell] of Object.entries(row)) {
    if (typeof cell !== 'string' || cell.trim() === '') continue
    const fault = put(value, column, cell.trim())
    if (fault !== null) return fault
  }
  return [{ stream, value }]
}

type Nested = { [member: string]: unknown }

/** List columns, and what one entry of each becomes. */
const LISTS: Readonly<Record<string, (entry: string) => unknown>> = {
  names: name => ({ name }),
  trading_names: name => ({ name, type: 'trading' }),
  former_names: name => ({ name, type: 'former' }),
  aliases: name => ({ name, type: 'alias' }),
  citizenships: country => ({ country }),
  residencies: country => ({ country }),
  identifiers: schemed,
  payment_instruments: token => ({ token }),
  emails: text => text,
  phones: text => text,
  reseller_path: text => text,
  conditions: text => text,
}

/** Columns of which the entries go to the list of another name. */
const JOINED: Readonly<Record<string, string>> = {
  trading_names: 'names',
  former_names: 'names',
  aliases: 'names',
}

const STEPS_MAX = 4
const PLACE = /^\d{1,2}$/

function put(value: Nested, column: string, cell: string): string | null {
  if (column === 'name') return putList(value, 'names', [{ name: cell, type: 'legal' }])
  if (cell.startsWith('[') || cell.startsWith('{')) {
    try {
      value[column] = JSON.parse(cell)
      return null
    } catch {
      return `the cell of "${column}" opens like JSON and is none`
    }
  }
  const entry = LISTS[column]
  if (entry) {
    const entries = cell
      .split(';')
      .map(part => part.trim())
      .filter(part => part !== '')
    return putList(value, JOINED[column] ?? column, entries.map(entry))
  }
  const steps = column.split('.')
  if (steps.length === 1 || steps.length > STEPS_MAX) value[column] = cell
  else putNested(value, steps, cell)
  return null
}

function putList(value: Nested, list: string, entries: readonly unknown[]): null {
  const before = value[list]
  value[list] = Array.isArray(before) ? [...before, ...entries] : entries
  return null
}

/** Walks `addresses.0.country` and makes what is missing on the way. */
function putNested(value: Nested, steps: readonly string[], cell: string): void {
  let at: Nested = value
  for (const [index, step] of steps.slice(0, -1).entries()) {
    const next = Object.hasOwn(at, step) ? at[step] : undefined
    if (typeof next !== 'object' || next === null) {
      define(at, step, PLACE.test(steps[index + 1] ?? '') ? [] : {})
    }
    at = at[step] as Nested
  }
  define(at, steps.at(-1) ?? '', cell)
}

/** Plain assignment would let a column named __proto__ change the object itself. */
function define(at: Nested, member: string, value: unknown): void {
  Object.defineProperty(at, member, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  })
}

/** `LEI:5493…` */
function schemed(entry: string): unknown {
  const colon = entry.indexOf(':')
  return colon === -1
    ? { scheme: '', id: entry }
    : { scheme: entry.slice(0, colon), id: entry.slice(colon + 1) }
}
