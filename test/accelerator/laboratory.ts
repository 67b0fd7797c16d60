import type { Operations } from '../../src/domain/quantity.ts'
import { testIntake } from '../support/intake.ts'
import { openProbeStore, type ProbeStore } from '../support/probe-store.ts'
import { shippedMeter } from '../support/reference.ts'
import { fakeClock } from '../support/store.ts'
import type { Evidence, Sample } from './recording.ts'

/** The product's own estimates of samples: through the intake, the store and the meter. */
export interface Laboratory extends ProbeStore {
  estimateOf(tenant_id: string, workload_id: string): Estimate
}

export interface Estimate extends Operations {
  /** Seconds that rest on each kind of evidence. */
  readonly seconds: Readonly<Record<Evidence, number>>
}

/** Later than any recording. */
const NOW = Date.UTC(2026, 11, 1)

const ESTIMATES = `
  select
      tenant_id, workload_id,
      sum(flop_lo) as lo, sum(flop_mid) as mid, sum(flop_hi) as hi,
      map('T1', sum(t1_s), 'T2', sum(t2_s), 'T3', sum(t3_s), 'T4', sum(t4_s)) as seconds
  from device_hours final
  group by tenant_id, workload_id`

interface Row extends Estimate {
  readonly tenant_id: string
  readonly workload_id: string
}

export async function openLaboratory(samples: readonly Sample[]): Promise<Laboratory> {
  const clock = fakeClock(NOW)
  const opened = await openProbeStore({ estimates: ESTIMATES }, clock)
  const { store } = opened
  const meter = await shippedMeter(store, clock)
  const body = samples.map(sample => JSON.stringify(sample)).join('\n')
  const { fault } = await testIntake(store, clock).send('telemetry.accelerator', body)
  if (fault !== null) throw fault
  await meter.settle(await meter.rebuild(NOW))
  const rows = (await opened.probe('estimates')) as Row[]
  return {
    ...opened,
    estimateOf(tenant_id, workload_id) {
      const found = rows.find(row => row.tenant_id === tenant_id && row.workload_id === workload_id)
      if (found === undefined) throw new Error(`${tenant_id} has no ${workload_id}`)
      return found
    },
  }
}
