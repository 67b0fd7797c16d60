/**
 * The hardware of the simulated fleet. Deliberately not read from config/accelerators.yaml: the
 * truth must not move with the catalogue that the product estimates from, or an error in the
 * catalogue would cancel out of every comparison. Peaks are vendor dense figures.
 */

export type SimulatedPrecision = 'bf16' | 'fp8'

export interface SimulatedChip {
  /** Catalogue id, which is also the SKU it is billed under. */
  readonly id: string
  /** Dense tensor peaks in operations per second at `clock_ref_mhz`. */
  readonly peak_ops_per_s: Readonly<Record<SimulatedPrecision, number>>
  /** Vector FP64 peak, the one that HPC codes run on. */
  readonly fp64_ops_per_s: number
  /** The clock at which the peaks are stated: peak / (SMs * operations per SM and cycle). */
  readonly clock_ref_mhz: number
  readonly sm_count: number
  readonly idle_w: number
  readonly tdp_w: number
  /** Share of one device in the host's own draw: processors, fans, switches, conversion. */
  readonly host_w: number
  readonly memory_bytes: number
  readonly usd_per_hour: number
}

export const A100: SimulatedChip = {
  id: 'nvidia-a100-sxm4-80gb',
  // No FP8 pipe: the format runs at the BF16 rate.
  peak_ops_per_s: { bf16: 312e12, fp8: 312e12 },
  fp64_ops_per_s: 9.7e12,
  clock_ref_mhz: 1410,
  sm_count: 108,
  idle_w: 55,
  tdp_w: 400,
  host_w: 250,
  memory_bytes: 80e9,
  usd_per_hour: 1.6,
}

export const H100: SimulatedChip = {
  id: 'nvidia-h100-sxm5-80gb',
  peak_ops_per_s: { bf16: 989e12, fp8: 1979e12 },
  fp64_ops_per_s: 34e12,
  clock_ref_mhz: 1830,
  sm_count: 132,
  idle_w: 70,
  tdp_w: 700,
  host_w: 350,
  memory_bytes: 80e9,
  usd_per_hour: 2.6,
}

export const H200: SimulatedChip = {
  ...H100,
  id: 'nvidia-h200-sxm-141gb',
  idle_w: 75,
  memory_bytes: 141e9,
  usd_per_hour: 3.1,
}

export const B200: SimulatedChip = {
  id: 'nvidia-b200-sxm',
  peak_ops_per_s: { bf16: 2250e12, fp8: 4500e12 },
  fp64_ops_per_s: 37e12,
  clock_ref_mhz: 1856,
  sm_count: 148,
  idle_w: 140,
  tdp_w: 1000,
  host_w: 400,
  memory_bytes: 180e9,
  usd_per_hour: 4.2,
}

export const GB200: SimulatedChip = {
  id: 'nvidia-gb200',
  peak_ops_per_s: { bf16: 2500e12, fp8: 5000e12 },
  fp64_ops_per_s: 40e12,
  clock_ref_mhz: 2062,
  sm_count: 148,
  idle_w: 150,
  tdp_w: 1200,
  host_w: 330,
  memory_bytes: 186e9,
  usd_per_hour: 4.6,
}
