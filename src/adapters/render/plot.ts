/**
 * The shape of the plot that both renderings draw: cumulative operations, lower to upper bound,
 * against the threshold, over the hours of the period. Logarithmic, because bounds span decades.
 */

export interface PlotPoint {
  readonly label: string
  readonly lo: number
  readonly mid: number
  readonly hi: number
}

export interface PlotSize {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface Plot {
  readonly x: (index: number) => number
  readonly y: (operations: number) => number
  /** Powers of ten inside the range. */
  readonly ticks: readonly number[]
  readonly thresholds: readonly { readonly id: string; readonly value: number }[]
  readonly points: readonly PlotPoint[]
}

const DECADES_MAX = 6

/** Null when there is nothing to draw. */
export function plotOf(
  points: readonly PlotPoint[],
  limits: readonly { readonly id: string; readonly value: number }[],
  size: PlotSize,
): Plot | null {
  const drawn = points.filter(point => point.hi > 0)
  const highest = Math.max(0, ...drawn.map(point => point.hi))
  const limit = Math.max(0, ...limits.map(({ value }) => value))
  if (drawn.length === 0 || highest === 0) return null
  const top = Math.ceil(Math.log10(Math.max(highest, limit)) + 0.05)
  const lowest = Math.min(...drawn.map(point => (point.lo > 0 ? point.lo : point.hi)))
  const bottom = Math.max(Math.floor(Math.log10(lowest)), top - DECADES_MAX)
  const span = Math.max(1, top - bottom)
  const height = (operations: number) => {
    const power = operations <= 0 ? bottom : Math.log10(operations)
    return Math.min(1, Math.max(0, (power - bottom) / span))
  }
  return {
    x: index => round(size.left + (size.width * index) / Math.max(1, drawn.length - 1)),
    y: operations => round(size.top + size.height * (1 - height(operations))),
    ticks: Array.from({ length: span + 1 }, (_, step) => 10 ** (bottom + step)),
    thresholds: limits.filter(({ value }) => height(value) > 0),
    points: drawn,
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** `10^26` for a tick. */
export function tickLabel(value: number): string {
  return `1e${Math.round(Math.log10(value))}`
}

export type Bound = 'lo' | 'mid' | 'hi'

/** One curve as points of the drawing. */
export function curve(plot: Plot, bound: Bound): (readonly [number, number])[] {
  return plot.points.map((point, index) => [plot.x(index), plot.y(point[bound])] as const)
}
