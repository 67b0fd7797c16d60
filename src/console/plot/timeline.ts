import type { Instant, Window } from '../../domain/window.ts'
import { type Html, html } from '../html.ts'
import { linearScale, round, type Scale } from './scale.ts'
import { timeTicks } from './time-axis.ts'

/** Runs over time, one drawing a tenant: bars where a run was busy, thin where it paused. */

export const TIMELINE_WIDTH = 720
const LANE = 9
const LANES_MAX = 12

export interface TimelineRun extends Window {
  readonly href: string
  readonly label: string
  /** Busy stretches; between them the run was interrupted. */
  readonly busy: readonly Window[]
  /** Drawn apart, because a finding is about it. */
  readonly is_marked: boolean
}

export function timelineScale({ start, end }: Window): Scale {
  return linearScale(start, end, 0, TIMELINE_WIDTH)
}

export function timelineAxis(window: Window, x: Scale): Html {
  return html`<svg class="bar-axis" viewBox="0 0 ${TIMELINE_WIDTH} 20" role="img" aria-label="Scale: time, UTC">
${timeTicks(window, 7).map(({ at, label }) => {
  const anchor = x(at) < 30 ? 'start' : x(at) > TIMELINE_WIDTH - 34 ? 'end' : 'middle'
  return html`<text x="${x(at)}" y="14" text-anchor="${anchor}">${label}</text>`
})}</svg>`
}

/** `dark` are times that were billed but not seen. */
export function timelineRow(
  runs: readonly TimelineRun[],
  dark: readonly Window[],
  window: Window,
  x: Scale,
  label: string,
): Html {
  const lanes = packLanes(runs)
  const height = Math.max(1, lanes.length) * LANE + 5
  return html`<svg class="bar timeline" viewBox="0 0 ${TIMELINE_WIDTH} ${height}" role="img" aria-label="${label}">
${timeTicks(window, 7).map(
  ({ at }) => html`<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${height}"/>`,
)}
${dark.map(
  ({ start, end }) =>
    html`<rect class="dark" x="${x(start)}" y="0" width="${width(x, start, end)}" height="${height}"><title>billed, not seen</title></rect>`,
)}
${lanes.flatMap((lane, index) => lane.map(run => runMark(run, x, index * LANE + 3)))}
</svg>`
}

function runMark(run: TimelineRun, x: Scale, y: number): Html {
  return html`<a href="${run.href}"><g class="run${run.is_marked && ' marked'}"><title>${run.label}</title>
<line x1="${x(run.start)}" x2="${x(run.end)}" y1="${y + 3.5}" y2="${y + 3.5}"/>
${run.busy.map(
  ({ start, end }) =>
    html`<rect x="${x(start)}" y="${y}" width="${width(x, start, end)}" height="7" rx="1"/>`,
)}</g></a>`
}

/** Never thinner than what can be seen and hit. */
function width(x: Scale, start: Instant, end: Instant): number {
  return Math.max(1.5, round(x(end) - x(start)))
}

/**
 * Puts runs that overlap side by side: each into the first lane that is free. Runs beyond the last
 * lane share it.
 */
export function packLanes<Run extends Window>(runs: readonly Run[]): Run[][] {
  const lanes: { readonly runs: Run[]; end: Instant }[] = []
  for (const run of runs.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const free = lanes.find(lane => lane.end <= run.start)
    const last = lanes.at(-1)
    if (free) {
      free.runs.push(run)
      free.end = run.end
    } else if (lanes.length < LANES_MAX || !last) lanes.push({ runs: [run], end: run.end })
    else {
      last.runs.push(run)
      last.end = Math.max(last.end, run.end)
    }
  }
  return lanes.map(lane => lane.runs)
}
