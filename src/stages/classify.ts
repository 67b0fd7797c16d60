import { DAY_MS, floorHour, HOUR_MS } from '../domain/window.ts'
import {
  type ClassifiedRun,
  type Classify,
  classifyWorkload,
  type WorkloadFeatures,
  type WorkloadWeights,
} from '../domain/workload-class.ts'
import type { Store } from '../ports/store.ts'

/**
 * What kind of work a run looks like, for whoever reads about it. Asked when a page, an answer or an
 * explanation is made and stored nowhere, so that nothing can come to rest on it.
 */

/** The last days of a run say what it is; more would only cost more. */
const DAYS_MAX = 3
const DEVICES_MAX = 256
const SAMPLED_MAX = 16

export function createClassify(store: Store, weights: WorkloadWeights, version: string): Classify {
  return async run => {
    const until = floorHour(run.end + HOUR_MS - 1)
    const from = Math.max(floorHour(run.start), until - DAYS_MAX * DAY_MS)
    const { tenant_id, run_id } = run
    const [signature] = await store.query('run-signature', {
      tenant_id,
      run_id,
      from,
      until,
      devices_max: DEVICES_MAX,
      sampled_max: SAMPLED_MAX,
      version,
    })
    return classifyWorkload({ ...UNKNOWN, ...signature, ...shapeOf(run) }, weights)
  }
}

function shapeOf({ start, end, devices_max, stretches }: ClassifiedRun) {
  const days = Math.max((end - start) / DAY_MS, 1 / 24)
  return {
    devices: devices_max,
    duration_hours: (end - start) / HOUR_MS,
    restarts_per_day: (stretches - 1) / days,
  }
}

const UNKNOWN: Omit<WorkloadFeatures, keyof ReturnType<typeof shapeOf>> = {
  tensor_mean: null,
  tensor_of_sm: null,
  memory_over_tensor: null,
  fp64_mean: null,
  power_share: null,
  power_variation: null,
  device_spread: null,
  diurnal_amplitude: null,
  duty: null,
  nvlink_bytes_per_s: null,
  net_bytes_per_s: null,
  net_symmetry: null,
  writes_per_day: null,
  write_interval_variation: null,
  write_size_variation: null,
}
