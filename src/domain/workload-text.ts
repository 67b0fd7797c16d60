import type { WorkloadClass, WorkloadFeature, WorkloadTerm } from './workload-class.ts'

/** The workload class in words, for terminal and pages alike. */

/** `looks like training: 0.93 (log-odds 2.6 from -1.5), for ranking only`. */
export function workloadText(kind: WorkloadClass): string {
  const { p_train, log_odds, base, outside } = kind
  const odds = `log-odds ${signed(log_odds)} from ${signed(base)}`
  const doubt =
    outside.length === 0
      ? ''
      : `; a guess: ${outside.map(nameOf).join(', ')} outside of what the weights were made for`
  return `likelihood of training ${p_train.toFixed(2)} (${odds}), for ranking only${doubt}`
}

/** `+1.2 tensor-work: tensor mean 0.41`, `0 checkpoints: not measured`. */
export function termText({ id, weight, holds, measured, why }: WorkloadTerm): string {
  const values = measured
    .map(
      ({ feature, value }) =>
        `${nameOf(feature)} ${value === null ? 'not measured' : plain(value)}`,
    )
    .join(', ')
  const adds = holds === true ? signed(weight) : '0'
  const would = holds === true ? '' : ` (${signed(weight)} if it held)`
  return `${adds} ${id}${would}: ${values}; ${why}`
}

export function nameOf(feature: WorkloadFeature): string {
  return feature.replaceAll('_', ' ')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)))
}
