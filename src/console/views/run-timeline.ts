import { DAY_MS, type Window } from '../../domain/window.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { bounds, compute, count, duration, plural } from '../format.ts'
import { type Html, html } from '../html.ts'
import type { Names } from '../names.ts'
import { operationsOf, tenantLink } from '../parts.ts'
import { type TimelineRun, timelineAxis, timelineRow, timelineScale } from '../plot/timeline.ts'

/** Runs over time, one row a tenant, with the days on which a tenant was billed but not seen. */

export type TimelineRow = QueryRow<'read-timeline'>

export function runTimeline(
  runs: readonly TimelineRow[],
  darkDays: readonly QueryRow<'read-dark-days'>[],
  marked: ReadonlySet<string>,
  names: Names,
  window: Window,
): Html {
  if (runs.length === 0) return html`<p class="none">No run overlaps this time.</p>`
  const x = timelineScale(window)
  const byTenant = [...Map.groupBy(runs, run => run.tenant_id)]
  return html`<div class="scroll"><table class="plots"><caption class="hidden">Runs over time by tenant</caption>
<thead><tr><th scope="col">Tenant</th><th scope="col" class="p wide">${timelineAxis(window, x)}</th></tr></thead>
<tbody>${byTenant.map(([tenant, own]) => {
    const dark = darkDays
      .filter(row => row.tenant_id === tenant)
      .map(({ day }) => ({ start: day, end: day + DAY_MS }))
    const label = `${tenant || 'unattributed'}: ${plural(own[0]?.tenant_runs ?? own.length, 'run')}, ${plural(dark.length, 'dark day')}`
    const drawn = own.map(run => toTimelineRun(run, marked))
    return html`<tr><td class="t name">${tenantLink(tenant, names(tenant).name ?? (tenant || 'unattributed compute'))}<small>${tenant !== '' && names(tenant).name !== null && `${tenant} · `}${runCount(own)}</small></td>
<td class="p wide">${timelineRow(drawn, dark, window, x, label)}</td></tr>`
  })}</tbody></table></div>
${LEGEND}`
}

function runCount(own: readonly TimelineRow[]): string {
  const all = own[0]?.tenant_runs ?? own.length
  const shown = own.length < all ? `, largest ${count(own.length)} drawn` : ''
  return `${plural(all, 'run')}${shown}`
}

function toTimelineRun(run: TimelineRow, marked: ReadonlySet<string>): TimelineRun {
  const operations = operationsOf(run)
  return {
    start: run.start,
    end: run.end,
    busy: run.busy,
    href: `/runs/${encodeURIComponent(run.run_id)}`,
    label: `${run.run_id}: ${compute(operations.mid)} operations (${bounds(operations)}, ${run.tier}), up to ${count(run.devices_max)} devices, ${duration(run.end - run.start)}`,
    is_marked: marked.has(run.run_id) || marked.has(run.tenant_id),
  }
}

const LEGEND = html`<div class="legend"><span><svg viewBox="0 0 22 12" aria-hidden="true"><g class="run"><rect x="1" y="2" width="20" height="8" rx="1"/></g></svg>run</span>
<span><svg viewBox="0 0 22 12" aria-hidden="true"><g class="run marked"><rect x="1" y="2" width="20" height="8" rx="1"/></g></svg>run of a tenant in an open case</span>
<span><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="dark" x="0" y="0" width="22" height="12"/></svg>billed, but mostly not seen</span></div>`
