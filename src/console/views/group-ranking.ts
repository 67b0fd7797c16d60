import type { Operations } from '../../domain/quantity.ts'
import type { QueryRow } from '../../ports/queries/registry.ts'
import { bounds, compute, count, plural } from '../format.ts'
import { type Html, html } from '../html.ts'
import { groupStatus, type Names, nameGroup } from '../names.ts'
import { link, operationsOf, statusBadge, tenantLink, tierBadge } from '../parts.ts'
import { intervalAxis, intervalRow, intervalScale } from '../plot/interval-bar.ts'

/** Control groups by what they used, as intervals against the threshold. */

export interface RankedGroup {
  readonly group: QueryRow<'read-groups'>
  /** What it used and has signed, added up by a finding; null without one. */
  readonly potential: Operations | null
  readonly case_id: string | null
}

export function groupRanking(
  ranked: readonly RankedGroup[],
  names: Names,
  threshold: number | null,
): Html {
  if (ranked.length === 0) return html`<p class="none">No usage is stored for this time.</p>`
  const bars = ranked.map(({ group, potential }) => ({ measured: operationsOf(group), potential }))
  const level = threshold ?? Math.max(1, ...bars.map(bar => bar.measured.hi))
  const x = intervalScale(bars, level)
  return html`<div class="scroll"><table class="plots"><caption class="hidden">Control groups by operations, with 90 % interval and tier</caption>
<thead><tr><th scope="col">Control group</th><th scope="col">Identity</th><th scope="col" class="p">${intervalAxis(x, level)}</th><th scope="col" class="n">Operations</th><th scope="col">Tier</th></tr></thead>
<tbody>${ranked.map(one => groupRow(one, names, level, bar => intervalRow(bar, x, level, barLabel(one, names))))}</tbody></table></div>
${legend(ranked.some(({ potential }) => potential !== null))}
${hiddenGroups(ranked)}`
}

type Bar = { readonly measured: Operations; readonly potential: Operations | null }

function groupRow(
  { group, potential, case_id }: RankedGroup,
  names: Names,
  level: number,
  draw: (bar: Bar) => Html,
): Html {
  const measured = operationsOf(group)
  const shown = measured.hi > 0 || potential === null ? measured : potential
  return html`<tr><td class="t name">${groupName(group, case_id, names)}<small>${plural(group.tenant_ids.length, 'account')}${measured.hi > level && case_id === null && html` · ${whyNoCase(groupStatus(group.tenant_ids, names))}`}</small></td>
<td class="t">${statusBadge(groupStatus(group.tenant_ids, names))}</td>
<td class="p">${draw({ measured, potential })}</td>
<td class="n t"><b>${compute(shown.mid)}</b><small>${bounds(shown)}</small></td>
<td class="t">${measured.hi > 0 ? tierBadge(group.tier) : html`<span class="badge tier">signed</span>`}</td></tr>`
}

/** Above the threshold and yet without a case: the reader will ask. */
function whyNoCase(status: string): string {
  return status === 'domestic' ? 'no case: determined domestic' : 'no open case'
}

function groupName(
  { tenant_ids }: RankedGroup['group'],
  case_id: string | null,
  names: Names,
): Html {
  const name = nameGroup(tenant_ids, names)
  if (case_id !== null) return link('/cases', case_id, name)
  return tenantLink(tenant_ids[0] ?? '', name)
}

function barLabel({ group, potential }: RankedGroup, names: Names): string {
  const used = operationsOf(group)
  const signed = potential
    ? `; with commitments ${compute(potential.mid)}, ${bounds(potential)}`
    : ''
  return `${nameGroup(group.tenant_ids, names)}: ${compute(used.mid)} operations, ${bounds(used)}${signed}`
}

function legend(hasPotential: boolean): Html {
  return html`<div class="legend"><span><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="range measured" x="1" y="2" width="20" height="8" rx="2"/><line class="mid measured" x1="11" x2="11" y1="0" y2="12"/></svg>used in this time: 90 % interval, mark at the middle</span>
${hasPotential && html`<span><svg viewBox="0 0 22 12" aria-hidden="true"><rect class="range potential" x="1" y="1" width="20" height="10" rx="2"/></svg>with what is committed (could result)</span>`}
<span><svg viewBox="0 0 22 12" aria-hidden="true"><line class="threshold" x1="11" x2="11" y1="0" y2="12"/></svg>threshold; logarithmic scale</span></div>`
}

function hiddenGroups(ranked: readonly RankedGroup[]): Html | null {
  const all = ranked[0]?.group.groups ?? 0
  const hidden = all - ranked.length
  if (hidden <= 0) return null
  return html`<p class="soft">${count(hidden)} control groups that used less are not shown; <a href="/tenants">all tenants</a>.</p>`
}
