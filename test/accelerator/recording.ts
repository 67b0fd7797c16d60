import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PRECISIONS } from '../../src/domain/accelerator.ts'
import type { Tier } from '../../src/domain/quantity.ts'
import { projectFolder } from '../support/store.ts'

/** What one card reported over work whose operations are known, as `measure.py` wrote it. */

const FOLDER = join(projectFolder, 'test/accelerator')
export const CARDS = ['h100-1', 'h200-1'] as const

const fact = z.looseObject({
  precision: z.enum(['', ...PRECISIONS]),
  seconds: z.number().positive(),
  steps: z.number().nonnegative(),
  /** Operations of matrix work: what ran, and what the model needs of it. */
  executed: z.number().nonnegative(),
  model: z.number().nonnegative(),
})
export type Fact = z.output<typeof fact>

/** Cycles of one step of a matrix product by a profiler, summed over the SMs. */
const kernel = z.looseObject({
  tensor_operations: z.number().positive(),
  tensor_cycles: z.number().positive(),
})

export type Sample = Readonly<Record<string, string | number>>
/** Kinds of evidence that samples can be reduced to. */
export type Evidence = Exclude<Tier, 'T5'>

export interface Recording {
  readonly card: string
  readonly samples: readonly Sample[]
  /** By run, which is the `workload_id` of its samples. */
  readonly facts: Readonly<Record<string, Fact>>
}

export function readRecording(card: string): Recording {
  const samples = lines(card, 'samples').map(line => JSON.parse(line) as Sample)
  const { runs } = z
    .object({ runs: z.record(z.string(), fact) })
    .parse(JSON.parse(readFileSync(join(FOLDER, card, 'facts.json'), 'utf8')))
  return { card, samples, facts: runs }
}

/** Lines of a file of the recording. */
export function lines(card: string, name: 'samples' | 'labels'): string[] {
  return readFileSync(join(FOLDER, card, `${name}.ndjson`), 'utf8')
    .trim()
    .split('\n')
}

export const kernels = z
  .record(z.string(), kernel)
  .parse(JSON.parse(readFileSync(join(FOLDER, 'kernels.json'), 'utf8')))

const PIPES = ['tensor_active', 'fp64_active', 'fp32_active', 'fp16_active'] as const
const METERS = ['energy_total_j', 'power_w'] as const

/** The samples with one kind of evidence, under a tenant and a device of their own. */
export function reduced(
  { card, samples, facts }: Recording,
  evidence: Evidence,
  attested: boolean,
): Sample[] {
  const counters = { mma: 0, sm: 0 }
  return samples.map(sample => {
    const fact = facts[String(sample['workload_id'])]
    const tenant_id = tenantOf(card, evidence, attested)
    const claim = attested && fact?.precision ? { precision: fact.precision } : {}
    const own = { ...sample, ...claim, tenant_id, device_id: tenant_id }
    if (evidence === 'T1') return { ...own, ...advance(counters, sample, fact) }
    if (evidence === 'T2') return own
    return without(own, evidence === 'T3' ? PIPES : [...PIPES, ...METERS])
  })
}

export function tenantOf(card: string, evidence: Evidence, attested: boolean): string {
  return `${card} ${evidence}${attested ? ' attested' : ''}`
}

function without(sample: Sample, names: readonly string[]): Sample {
  return Object.fromEntries(Object.entries(sample).filter(([name]) => !names.includes(name)))
}

/**
 * Counters of cycles, which the driver of these cards does not give. Tensor cycles are those of a
 * profiled step times the steps of the run; cycles in all follow from the tensor gauge, their ratio.
 */
function advance(counters: { mma: number; sm: number }, sample: Sample, fact: Fact | undefined) {
  const step = kernels[String(sample['workload_id'])]
  if (step && fact) {
    const cycles = (step.tensor_cycles * fact.steps * Number(sample['interval_s'])) / fact.seconds
    counters.mma += cycles
    counters.sm += cycles / Number(sample['tensor_active'])
  }
  return { mma_cycles_total: Math.round(counters.mma), sm_cycles_total: Math.round(counters.sm) }
}
