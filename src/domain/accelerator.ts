import { z } from 'zod'

/** The accelerator catalogue: what `config/accelerators.yaml` may say, and how a name finds a chip. */

export const PRECISIONS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'fp4'] as const
export type Precision = (typeof PRECISIONS)[number]

/** The chip of a sample whose accelerator string nobody knows. Never a catalogue id. */
export const UNKNOWN_CHIP = 'unknown'

/** Where a group of figures comes from: keys of the catalogue's `sources`, and how far to trust it. */
const provenance = {
  sources: z.array(z.string()).min(1),
  confidence: z.enum(['high', 'medium', 'low', 'unverified']),
}

const peaks = z.strictObject({
  ...provenance,
  /**
   * What the figure is. Dense always: sparsity skips operations that are then not executed, so a
   * vendor's sparse figure is halved before it comes here.
   */
  basis: z.enum(['vendor_dense', 'vendor_sparse_halved', 'third_party', 'vendor_claim_unclear']),
  dense_flop_per_s: z.partialRecord(z.enum(PRECISIONS), z.number().positive()),
  /** Vector pipes beside FP32, whose rate is the `fp32` above; absent where nobody states it. */
  vector_flop_per_s: z.partialRecord(z.enum(['fp64', 'fp16']), z.number().positive()).default({}),
})

const memory = z.strictObject({
  ...provenance,
  gb: z.number().positive(),
  bandwidth_tb_per_s: z.number().positive(),
})

/** measured: read off a meter; reported: published by others; assumed: nobody measured it. */
const powerBasis = z.enum(['measured', 'reported', 'assumed'])

const power = z.strictObject({
  ...provenance,
  idle_w: z.number().nonnegative(),
  idle_basis: powerBasis,
  tdp_w: z.number().positive(),
  tdp_basis: powerBasis,
  /** The host's draw per device on a node-level meter; only ever used to lower `lo`. */
  host_w: z.number().nonnegative(),
  host_basis: powerBasis,
})

const interconnect = z.strictObject({
  ...provenance,
  /** Both directions together, per chip; null where none is published. */
  scale_up_gb_per_s: z.number().positive().nullable(),
  scale_up_fabric: z.string(),
  /** Typical provisioned network per chip. */
  scale_out_gbit_per_s: z.number().positive().nullable(),
})

/** reference peak = sm_count × flop_per_sm_cycle × ref_mhz × 1e6; the loader checks it to 0.5 %. */
const clock = z.strictObject({
  /** The clock at which the peak above is stated, which need not be the boost clock. */
  ref_mhz: z.number().positive(),
  sm_count: z.int().positive(),
  flop_per_sm_cycle: z.int().positive(),
})

const accelerator = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/, 'ids are lower-case words joined by hyphens'),
  vendor: z.string().min(1),
  name: z.string().min(1),
  form: z.string().min(1),
  year: z.int().min(2010).max(2100),
  /** Key of the precision priors in `estimation.yaml`. */
  architecture: z.string().min(1),
  /** Strings of drivers and providers that mean exactly this chip, beside its id. */
  names: z.array(z.string().min(1)),
  peaks,
  memory,
  power,
  interconnect,
  clock: clock.nullable(),
  notes: z.string().default(''),
})
export type Accelerator = z.output<typeof accelerator>

export const cataloguePolicy = z.strictObject({
  /** The chip whose figures stand in for `mid` where the chip or its peak is not known. */
  stand_in: z.string(),
  reason: z.string().min(1),
})

export const catalogueFile = z.strictObject({
  /** What the short source keys of the figures stand for. */
  sources: z.record(z.string(), z.string().min(1)),
  unknown_chip: cataloguePolicy,
  accelerators: z.array(accelerator).min(1),
})
export type Catalogue = z.output<typeof catalogueFile>

/** Case and runs of white space carry no meaning in a model string; the store holds this form. */
export function normaliseName(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase()
}

/** Normalised name → chip id, ids included. `catalogueFaults` has refused names with two meanings. */
export function chipNames(catalogue: Catalogue): ReadonlyMap<string, string> {
  return new Map(
    catalogue.accelerators.flatMap(chip =>
      [chip.id, ...chip.names].map(name => [normaliseName(name), chip.id] as const),
    ),
  )
}

/** The chip that a model string means, or null. Never a guess: a vGPU name is a part of a card. */
export function findChip(catalogue: Catalogue, name: string): Accelerator | null {
  const id = chipNames(catalogue).get(normaliseName(name))
  return catalogue.accelerators.find(chip => chip.id === id) ?? null
}

/** Dense BF16 peak in FLOP/s, or FP16 on chips without BF16: the peak that estimates start from. */
export function referencePeak(chip: Accelerator): number {
  const { bf16, fp16 } = chip.peaks.dense_flop_per_s
  return bf16 ?? fp16 ?? 0
}

/** Whether the peaks are good enough to count with. An unverified figure only ever raises `hi`. */
export function isCountable(chip: Accelerator): boolean {
  return chip.peaks.confidence !== 'unverified'
}

/** What a schema cannot say: each fault names the list index of the chip it is about. */
export function catalogueFaults(catalogue: Catalogue): { index: number; message: string }[] {
  const owner = new Map<string, string>()
  const faults = catalogue.accelerators.flatMap((chip, index) => {
    const messages = [...nameFaults(chip, owner), ...sourceFaults(chip, catalogue.sources)]
    if (referencePeak(chip) === 0) messages.push(`${chip.id} has neither a bf16 nor a fp16 peak`)
    const stated = clockPeak(chip)
    if (stated !== null && Math.abs(stated / referencePeak(chip) - 1) > 0.005) {
      messages.push(`${chip.id}: clock × SMs gives ${stated} FLOP/s, not ${referencePeak(chip)}`)
    }
    return messages.map(message => ({ index, message }))
  })
  const { stand_in } = catalogue.unknown_chip
  if (!catalogue.accelerators.some(chip => chip.id === stand_in && isCountable(chip))) {
    faults.push({ index: 0, message: `unknown_chip.stand_in ${stand_in} is no countable chip` })
  }
  return faults
}

function nameFaults(chip: Accelerator, owner: Map<string, string>): string[] {
  return [chip.id, ...chip.names].map(normaliseName).flatMap(name => {
    const other = owner.get(name)
    owner.set(name, chip.id)
    if (name === UNKNOWN_CHIP) return [`${chip.id}: "${UNKNOWN_CHIP}" is reserved`]
    return other === undefined ? [] : [`"${name}" means both ${other} and ${chip.id}`]
  })
}

function sourceFaults(chip: Accelerator, known: Readonly<Record<string, string>>): string[] {
  return [chip.peaks, chip.memory, chip.power, chip.interconnect]
    .flatMap(group => group.sources)
    .filter(source => known[source] === undefined)
    .map(source => `${chip.id} cites "${source}", which sources does not list`)
}

function clockPeak(chip: Accelerator): number | null {
  if (chip.clock === null) return null
  return chip.clock.sm_count * chip.clock.flop_per_sm_cycle * chip.clock.ref_mhz * 1e6
}
