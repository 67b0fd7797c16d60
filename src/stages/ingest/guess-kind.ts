import { type DeliveryKind, IMPORTS, STREAMS } from '../../domain/streams.ts'
import type { DecodedRecord } from '../../ports/intake.ts'

/** Members that only one kind of record has; the first that fits wins. */
const SIGNS: readonly (readonly [DeliveryKind, readonly string[]])[] = [
  ['telemetry.accelerator', ['device_id', 'interval_s']],
  ['telemetry.billing', ['BillingAccountId', 'ChargePeriodStart']],
  ['telemetry.commitment', ['commitment_id', 'accelerators']],
  ['import.bods', ['recordType', 'recordDetails']],
  ['import.gleif', ['Relationship']],
  ['import.gleif', ['Relationship.StartNode.NodeID']],
  ['identity.ownership', ['owner_id', 'owned_id']],
  ['identity.list', ['entry_id', 'list_id']],
  ['identity.access', ['tenant_id', 'ip', 'time']],
  ['identity.account', ['tenant_id', 'customer_party_id']],
  ['identity.account', ['tenant_id', 'reseller_path']],
  ['identity.party', ['party_id', 'kind']],
]

/** What records are, by their members; by the file's name where no record can be read. */
export function guessKind(
  records: readonly DecodedRecord[],
  source_name: string,
): DeliveryKind | null {
  for (const { value } of records) {
    if (value === null) continue
    const sign = SIGNS.find(([, members]) => members.every(member => Object.hasOwn(value, member)))
    if (sign) return sign[0]
  }
  return kindInName(source_name)
}

function kindInName(source_name: string): DeliveryKind | null {
  const name = source_name.split('/').at(-1)?.toLowerCase() ?? ''
  const kinds: readonly DeliveryKind[] = [...STREAMS, ...IMPORTS]
  const found = kinds.find(kind => name.includes(kind.split('.')[1] ?? kind))
  return found ?? (name.includes('focus') ? 'telemetry.billing' : null)
}
