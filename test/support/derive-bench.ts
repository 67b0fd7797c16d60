import { createBuildNumbers } from '../../src/domain/build.ts'
import { deriveSettings } from '../../src/domain/derive-settings.ts'
import { floorHour, HOUR_MS, type Instant, toSqlTime } from '../../src/domain/window.ts'
import type { Row } from '../../src/ports/store.ts'
import { createDerive, type Derive } from '../../src/stages/derive.ts'
import { at, HOUR } from './meter-bench.ts'
import { openProbeStore, type ProbeStore } from './probe-store.ts'
import { fakeClock } from './store.ts'

export const UNTIL = HOUR + 20_000 * HOUR_MS

export interface DeriveBench extends ProbeStore {
  readonly derive: Derive
  /** Writes busy stretches as device-hours, each with the next build number. */
  busy(...stretches: Stretch[]): Promise<void>
  /** Takes the device-hours of a tenant away from an hour on. */
  erase(tenant: string, from: Instant): Promise<void>
  /** Gangs of one tenant, without the number of their build. */
  gangsOf(tenant: string): Promise<unknown[]>
  runsOf(tenant: string): Promise<unknown[]>
}

/** A device at work from one instant to another; half active, 400 W. */
export interface Stretch {
  readonly tenant: string
  readonly device: string
  readonly from: Instant
  readonly to: Instant
  readonly more?: Row
}

/** `stretch('acme', 'd1', 0, 90)` works from 05:00 to 06:30. */
export function stretch(
  tenant: string,
  device: string,
  from: number,
  to: number,
  more: Row = {},
): Stretch {
  return { tenant, device, from: at(from), to: at(to), more }
}

const PROBES = {
  gangs:
    'select * except (build, is_deleted) from day_gangs final where tenant_id = {tenant:String} order by start, gang_id',
  runs: 'select * except (build, is_deleted) from runs final where tenant_id = {tenant:String} order by start, run_id',
  lineages:
    'select run_id, lineage_id, p from run_lineages final where tenant_id = {tenant:String} order by run_id',
  history:
    'select change, run_id, successor from run_history final where tenant_id = {tenant:String} order by change, run_id',
  hours:
    'select * from device_hours final where tenant_id = {tenant:String} and hour >= {from:DateTime}',
}

export async function openDeriveBench(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<DeriveBench> {
  const clock = fakeClock()
  const opened = await openProbeStore(PROBES, clock)
  const builds = createBuildNumbers(clock.now)
  const settings = deriveSettings.parse(overrides)
  return {
    ...opened,
    derive: createDerive({ store: opened.store, clock, builds, settings }),
    async busy(...stretches) {
      const build = String(builds())
      await opened.store.append(
        'device_hours',
        stretches.flatMap(one => hoursOf(one, build)),
      )
    },
    async erase(tenant, from) {
      const rows = await opened.probe('hours', { tenant, from: toSqlTime(from).slice(0, 19) })
      const build = String(builds())
      const dead = rows.map(row => ({ ...(row as Row), build, is_deleted: 1 }))
      await opened.store.append('device_hours', dead)
    },
    gangsOf: tenant => opened.probe('gangs', { tenant }),
    runsOf: tenant => opened.probe('runs', { tenant }),
  }
}

/** One row for each hour that the stretch touches, as the meter would leave it. */
function hoursOf({ tenant, device, from, to, more = {} }: Stretch, build: string): Row[] {
  const rows: Row[] = []
  for (let hour = floorHour(from); hour < to; hour += HOUR_MS) {
    const [start, end] = [Math.max(from, hour), Math.min(to, hour + HOUR_MS)]
    const busy_s = (end - start) / 1000
    const operations = [10 * busy_s, 20 * busy_s, 40 * busy_s]
    rows.push({
      hour: toSqlTime(hour).slice(0, 19),
      device_id: device,
      workload_id: '',
      chip: 'alpha',
      node_id: '',
      fabric_id: 'f',
      site: 's',
      device_count: 1,
      t2_s: busy_s,
      tensor_mean: 0.5,
      power_mean_w: 400,
      ...more,
      tenant_id: tenant,
      islands: [[toSqlTime(start), toSqlTime(end), busy_s, 400 * busy_s, ...operations]],
      build,
      is_deleted: 0,
    })
  }
  return rows
}
