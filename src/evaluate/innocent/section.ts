import { judge } from '../../domain/band.ts'
import type { Evaluation } from '../../domain/finding.ts'
import { DAY_MS } from '../../domain/window.ts'
import { shareFigure } from '../figure.ts'
import type { Bench, Section } from '../section.ts'
import { sendRecords } from '../send.ts'
import { drawInnocent, FAMILIES, type InnocentTenant, VIEWS, WINDOW } from './tenant.ts'

/** How often is somebody presumed to have passed the threshold who stays under half of it? */

/** Of a view; four in five stay under half. None presumed of 765 puts the bound of 95 % at 0.005. */
const TENANTS = 1400
const TENANTS_PER_BODY = 70
const THRESHOLD = 1e26
const INNOCENT_BELOW = 0.5 * THRESHOLD
const PRESUMED_MAX = { kind: 'at_most', value: 0.005 } as const
const DETECTOR = 'entity-rolling-ceiling'

export const innocentSection: Section = {
  id: 'innocent',
  title: 'Presumed without cause: tenant-years under half of the threshold',
  async evaluate(context) {
    const bench = await context.openBench()
    const innocents: InnocentTenant[] = []
    for (const [index, view] of VIEWS.entries()) {
      const count = context.quick ? Math.ceil(TENANTS / 10) : TENANTS
      for (let first = 0; first < count; first += TENANTS_PER_BODY) {
        const ordinals = Array.from(
          { length: Math.min(TENANTS_PER_BODY, count - first) },
          (_, i) => i,
        )
        const drawn = ordinals.map(i => drawInnocent(context.seed, first + i, view))
        await tell(bench, drawn)
        for (const { samples: _, charges: __, ...tenant } of drawn) {
          if (tenant.operations < INNOCENT_BELOW)
            innocents.push({ ...tenant, samples: [], charges: [] })
        }
        context.progress((index + first / count) / VIEWS.length / 1.25)
      }
    }
    await bench.meter.rebuild(WINDOW.end + 2 * DAY_MS)
    const presumed = await presumedTenants(bench, innocents)
    const share = (name: string, of: readonly InnocentTenant[], isBar: boolean) =>
      shareFigure(
        name,
        of.filter(({ tenant_id }) => presumed.has(tenant_id)).length,
        of.length,
        isBar ? PRESUMED_MAX : null,
      )
    const figures = [
      ...VIEWS.map(view =>
        share(
          `${view}: presumed`,
          innocents.filter(one => one.view === view),
          true,
        ),
      ),
      ...VIEWS.flatMap(view =>
        FAMILIES.map(family =>
          share(
            `${view}, ${family}`,
            innocents.filter(one => one.view === view && one.family === family),
            false,
          ),
        ),
      ),
    ]
    return { skipped: null, figures, plots: [], notes: NOTES }
  },
}

async function tell(bench: Bench, tenants: readonly InnocentTenant[]): Promise<void> {
  const samples = tenants.flatMap(tenant => tenant.samples)
  if (samples.length > 0) await sendRecords(bench.intake, 'telemetry.accelerator', samples)
  await sendRecords(
    bench.intake,
    'telemetry.billing',
    tenants.flatMap(tenant => tenant.charges),
  )
}

/** Those whom the shipped detector presumes once two days are made a year of all their devices. */
async function presumedTenants(
  bench: Bench,
  tenants: readonly InnocentTenant[],
): Promise<Set<string>> {
  const detector = bench.detectors.find(({ id }) => id === DETECTOR)
  if (!detector) throw new RangeError(`${DETECTOR} is not among the detectors`)
  const scales = new Map(tenants.map(({ tenant_id, scale }) => [tenant_id, scale]))
  const measurements = await bench.store.query('tenant-operations-rolling', {
    since: WINDOW.start,
    as_of: WINDOW.end,
    tenants: [],
    catalogue: bench.catalogueVersion,
  })
  const presumed = measurements.flatMap(measured => {
    const [tenant = ''] = measured.tenant_ids
    const scale = scales.get(tenant) ?? 0
    const [lo, mid, hi] = [measured.lo * scale, measured.mid * scale, measured.hi * scale]
    return isPresumed(judge(detector, { ...measured, lo, mid, hi })) ? [tenant] : []
  })
  return new Set(presumed)
}

function isPresumed({ outcome }: Evaluation): boolean {
  return outcome.kind === 'finding' && (outcome.state === 'presume' || outcome.state === 'crossed')
}

const NOTES = [
  'Tenants of 256 to 32,768 devices of four generations, equally likely per factor of size and by kind; two days of each are played through the intake and the meter, on one node, and a year of all devices is taken to be so many times as much. Those who truly execute half of the threshold or more are left out.',
  'gauges: tensor activity, clock and node power; power: node power alone; utilisation: gpu_util alone; bills: no telemetry. Gauges err by 0.05, power by 0.03 dex per tenant; 30 % compute in FP8 and nobody attests it.',
]
