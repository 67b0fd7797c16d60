import type { Draft } from './convert.ts'

/**
 * GLEIF level 2 (relationship records, RR-CDF 2.1), as the golden copy publishes them in CSV (flat,
 * dotted columns) and JSON (nested, texts under `$`). Who consolidates whom is control: accounting
 * consolidation says that the parent governs the child, not how much of it the parent owns.
 */
export function readGleif(statement: object): readonly Draft[] | string {
  const type = cell(statement, ['Relationship', 'RelationshipType'])
  const child = cell(statement, ['Relationship', 'StartNode', 'NodeID'])
  const parent = cell(statement, ['Relationship', 'EndNode', 'NodeID'])
  if (child === '' || parent === '' || type === '') {
    return 'a relationship record needs StartNode, EndNode and RelationshipType'
  }
  const kind = KINDS[type]
  if (kind === undefined) return `the relationship type ${type} says nothing about control`
  const period = relationshipPeriod(statement)
  const inactive = cell(statement, ['Relationship', 'RelationshipStatus']) === 'INACTIVE'
  const updated = cell(statement, ['Registration', 'LastUpdateDate'])
  const value = {
    owner_id: lei(parent),
    owned_id: lei(child),
    share: quantifier(statement),
    control: kind.control,
    kind: kind.name,
    valid_from: period.start,
    // An inactive relationship without an end has ended by its last update.
    valid_to: period.end || (inactive ? updated : ''),
    recorded_at: updated,
    source: 'GLEIF level 2',
  }
  return [{ stream: 'identity.ownership', value }]
}

/** Relationship types of RR-CDF 2.1 and whether the end node controls the start node. */
const KINDS: Readonly<Record<string, { name: string; control: boolean }>> = {
  IS_DIRECTLY_CONSOLIDATED_BY: { name: 'direct_consolidation', control: true },
  IS_ULTIMATELY_CONSOLIDATED_BY: { name: 'ultimate_consolidation', control: true },
  IS_INTERNATIONAL_BRANCH_OF: { name: 'international_branch', control: true },
  'IS_FUND-MANAGED_BY': { name: 'fund_management', control: true },
  IS_FUND_MANAGED_BY: { name: 'fund_management', control: true },
  IS_SUBFUND_OF: { name: 'subfund', control: true },
  IS_FEEDER_TO: { name: 'feeder_fund', control: false },
}

/** Party ids of LEI holders are spelled the same by every import. */
export function lei(id: string): string {
  return `lei:${id.toUpperCase()}`
}

const PERIODS_MAX = 5

/** Of the periods only this one says how long the relationship held; others are about filings. */
function relationshipPeriod(statement: object): { start: string; end: string } {
  for (const at of places(PERIODS_MAX)) {
    const flat = ['Relationship', 'Period', at.flat]
    const nested = ['Relationship', 'RelationshipPeriods', 'RelationshipPeriod', at.nested]
    const type =
      cell(statement, [...flat, 'periodType']) || cell(statement, [...nested, 'PeriodType'])
    if (type !== 'RELATIONSHIP_PERIOD') continue
    return {
      start: cell(statement, [...flat, 'startDate']) || cell(statement, [...nested, 'StartDate']),
      end: cell(statement, [...flat, 'endDate']) || cell(statement, [...nested, 'EndDate']),
    }
  }
  return { start: '', end: '' }
}

/** A consolidated percentage where one is given; amounts come as 0..1 or 0..100. */
function quantifier(statement: object): number | null {
  for (const at of places(2)) {
    const flat = ['Relationship', 'Quantifiers', at.flat]
    const list = ['Relationship', 'RelationshipQuantifiers', 'RelationshipQuantifier', at.nested]
    const amount =
      cell(statement, [...flat, 'quantifierAmount']) ||
      cell(statement, [...list, 'QuantifierAmount'])
    const units =
      cell(statement, [...flat, 'quantifierUnits']) || cell(statement, [...list, 'QuantifierUnits'])
    if (amount === '' || !/^percentage$/i.test(units)) continue
    const share = Number(amount)
    if (share >= 0 && share <= 100) return share <= 1 ? share : share / 100
  }
  return null
}

function places(count: number): { flat: string; nested: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    flat: String(index + 1),
    nested: String(index),
  }))
}

/** The text at a path: one dotted column of a table, or nested members ending in `$`. */
function cell(statement: object, path: readonly string[]): string {
  const flat: unknown = Reflect.get(statement, path.join('.'))
  if (typeof flat === 'string') return flat.trim()
  let at: unknown = statement
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return ''
    // A list of one is published as the bare entry.
    at =
      /^\d+$/.test(step) && !Array.isArray(at) ? (step === '0' ? at : null) : Reflect.get(at, step)
  }
  if (typeof at === 'object' && at !== null) at = Reflect.get(at, '$')
  return typeof at === 'string' ? at.trim() : ''
}
