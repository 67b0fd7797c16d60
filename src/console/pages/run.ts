import { Fault } from '../../domain/fault.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { type ConsoleDeps, type ConsolePage, operationsThreshold } from '../deps.ts'
import {
  bounds,
  compute,
  count,
  deviceHours,
  duration,
  energy,
  moment,
  percent,
} from '../format.ts'
import { type Html, html } from '../html.ts'
import { readNames } from '../names.ts'
import {
  facts,
  head,
  operationsCell,
  operationsOf,
  section,
  table,
  tenantLink,
  tierWords,
} from '../parts.ts'
import { cumulate, cumulativePlot } from '../plot/cumulative.ts'
import { findingTable } from '../views/finding-table.ts'
import { workloadTable } from '../views/workload-table.ts'
import { oneOf } from './common.ts'

/** One run: how its operations add up against the threshold, and its segments. */
export const runPage: ConsolePage = {
  path: '/runs/:id',
  render: async (deps, { id }) => {
    const { store } = deps
    const [run] = await store.query('read-run', { run_id: id })
    if (!run) throw await goneRun(deps, id)
    const gangs = await store.query('read-gangs', {
      tenant_id: run.tenant_id,
      gangs: run.segments.map(segment => segment.gang_id),
      limit: SEGMENTS_MAX,
    })
    const findings = await store.query('read-findings', oneOf({ subjects: [id] }))
    const names = await readNames(store, [run.tenant_id])
    const customer = names(run.tenant_id).name
    const kind = await deps.classify({ ...run, stretches: run.segments.length })
    const body = html`${head(html`Run <span class="id">${run.run_id}</span>`, html`${tenantLink(run.tenant_id, customer ?? (run.tenant_id || 'unattributed compute'))}: ${compute(run.flop_mid)} operations (${bounds(operationsOf(run))}, ${run.tier}) in ${duration(run.end - run.start)}.`)}
${section('Operations against the threshold', null, plot(deps, run, gangs))}
${section('The run', null, runFacts(run))}
${section('Kind of work it looks like', 'For ranking only: no finding, sum or bound rests on it.', workloadTable(kind))}
${section('Findings about it', null, findingTable(findings, deps.detectors.detectors))}
${section('Segments', 'Stretches in which its devices were busy. The probability says how likely a stretch goes on from the one before.', segmentTable(run, gangs))}`
    return { title: `Run ${id}`, section: '/runs', body }
  },
}

const SEGMENTS_MAX = 20_000
const SEGMENTS_SHOWN = 500

async function goneRun({ store }: ConsoleDeps, id: string): Promise<Fault> {
  const [change] = await store.query('read-run-history', { run_id: id, limit: 1 })
  if (!change) return new Fault('NOT_FOUND', `there is no run ${id}`)
  const heir = change.successor === '' ? '' : ` into ${change.successor}`
  return new Fault('NOT_FOUND', `the run ${id} is no more: ${change.change}${heir} by later data`)
}

type Run = QueryRow<'read-run'>
type Gang = QueryRow<'read-gangs'>

function plot(deps: ConsoleDeps, run: Run, gangs: readonly Gang[]): Html {
  const stretches = gangs.map(gang => ({
    start: gang.start,
    end: gang.end,
    operations: operationsOf(gang),
  }))
  return cumulativePlot(cumulate(stretches), run, operationsThreshold(deps))
}

function runFacts(run: Run): Html {
  return facts([
    ['Time', `${moment(run.start)} to ${moment(run.end)}`],
    ['Operations', `${compute(run.flop_mid)}, interval ${bounds(operationsOf(run))}`],
    ['Evidence', tierWords(run.tier)],
    ['Devices', `up to ${count(run.devices_max)}, ${deviceHours(run.device_s)} in all`],
    ['Energy', energy(run.energy_j)],
    ['Accelerators', run.chips.join(', ')],
    ['Sites', run.sites.join(', ')],
    ['Fabrics', run.fabrics.join(', ')],
    ['Jobs as named by the customer', named(run.workloads)],
  ])
}

const JOBS_SHOWN = 12

function named(workloads: readonly string[]): string {
  const shown = workloads.slice(0, JOBS_SHOWN).join(', ')
  const rest = workloads.length - JOBS_SHOWN
  return rest > 0 ? `${shown} and ${count(rest)} more` : shown
}

function segmentTable(run: Run, gangs: readonly Gang[]): Html {
  const gangOf = new Map(gangs.map(gang => [gang.gang_id, gang]))
  const shown = run.segments.slice(0, SEGMENTS_SHOWN)
  const hidden = run.segments.length - shown.length
  return html`${table(
    shown.map((segment, at) => ({ ...segment, at, gang: gangOf.get(segment.gang_id) })),
    [
      { title: '#', kind: 'n', cell: row => row.at + 1 },
      { title: 'From', kind: 'w', cell: row => moment(row.start) },
      { title: 'To', kind: 'w', cell: row => moment(row.end) },
      { title: 'Length', kind: 'n', cell: row => duration(row.end - row.start) },
      { title: 'Devices', kind: 'n', cell: row => count(row.devices) },
      { title: 'Tensor activity', kind: 'n', cell: ({ gang }) => share(gang?.tensor_mean ?? null) },
      { title: 'Power a device', kind: 'n', cell: ({ gang }) => watts(gang?.power_mean_w ?? null) },
      {
        title: 'Operations',
        kind: 'n',
        cell: ({ gang }) => gang && operationsCell(operationsOf(gang), gang.tier),
      },
      { title: 'Goes on', kind: 'n', cell: row => (row.at === 0 ? '–' : percent(row.link_p)) },
    ],
    'Segments of the run',
    'The run has no segments.',
  )}
${hidden > 0 && html`<p class="soft">${count(hidden)} later segments are not shown; all are at <a href="/v1/runs/${encodeURIComponent(run.run_id)}">/v1/runs/${run.run_id}</a>.</p>`}`
}

function share(value: number | null): string {
  return value === null ? 'not measured' : percent(value)
}

function watts(value: number | null): string {
  return value === null ? 'not measured' : `${count(Math.round(value))} W`
}
