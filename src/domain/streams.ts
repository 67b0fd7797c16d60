/** The streams of the contract by the names of their Kafka topics. */
export const STREAMS = [
  'telemetry.accelerator',
  'telemetry.billing',
  'telemetry.commitment',
  'identity.party',
  'identity.ownership',
  'identity.account',
  'identity.access',
  'identity.list',
] as const
export type StreamName = (typeof STREAMS)[number]

/** Files of other standards; each of their statements becomes records of identity streams. */
export const IMPORTS = ['import.bods', 'import.gleif'] as const
export type ImportName = (typeof IMPORTS)[number]

/** What a delivery can be: one stream, or an import. */
export type DeliveryKind = StreamName | ImportName

export function isDeliveryKind(name: string): name is DeliveryKind {
  return [...STREAMS, ...IMPORTS].some(known => known === name)
}

export function isStreamName(name: string): name is StreamName {
  return STREAMS.some(known => known === name)
}
