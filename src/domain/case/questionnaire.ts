/**
 * What only the customer can say, asked and answered in a case (regulation 6.3): no telemetry
 * knows how model weights are kept. A fact that nobody declared is reported as not known.
 */
export const DECLARED_FACTS = {
  training_practices: 'how the model is trained, and for what (R-B3)',
  weight_protection: 'how model weights are stored and protected (R-B4)',
  cybersecurity_practices: 'further cybersecurity practices and known incidents (R-B5)',
  further_information: 'anything more that the authority asked for (R-B6)',
} as const

export type DeclaredFact = keyof typeof DECLARED_FACTS

export function isDeclaredFact(name: string): name is DeclaredFact {
  return Object.hasOwn(DECLARED_FACTS, name)
}
