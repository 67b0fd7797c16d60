import type { Operations } from '../domain/quantity.ts'

/** The decades that a bar spans, as powers of ten. */
export interface Scale {
  readonly from: number
  readonly to: number
  readonly width: number
}

/** Operations from a single laptop-day to far past any threshold. */
export const OPERATIONS_SCALE: Scale = { from: 22, to: 27, width: 30 }

/**
 * An interval on a logarithmic scale with the threshold as a wall: `├──●──┤  ┃`. What lies
 * outside the scale is drawn at its edge; a zero lower bound reaches the left edge.
 */
export function intervalBar(value: Operations, threshold: number | null, scale: Scale): string {
  const cells = new Array<string>(scale.width).fill(' ')
  const wall = threshold === null ? -1 : position(threshold, scale)
  if (value.hi > 0) {
    const lo = position(value.lo, scale)
    const hi = position(value.hi, scale)
    for (let at = lo; at <= hi; at++) cells[at] = '─'
    cells[lo] = '├'
    cells[hi] = '┤'
    if (value.mid > 0) cells[position(value.mid, scale)] = '●'
  }
  if (wall >= 0) cells[wall] = cells[wall] === '●' ? '◉' : '┃'
  return cells.join('')
}

function position(value: number, scale: Scale): number {
  const decades = value <= 0 ? scale.from : Math.log10(value)
  const share = (decades - scale.from) / (scale.to - scale.from)
  return Math.min(scale.width - 1, Math.max(0, Math.round(share * (scale.width - 1))))
}
