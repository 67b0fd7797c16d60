/** Scales of plots: from values to units of a drawing, and where to put ticks. */

export interface Scale {
  readonly from: number
  readonly to: number
  (value: number): number
}

/** Linear; values outside are cut to the ends, so that no mark leaves the drawing. */
export function linearScale(from: number, to: number, start: number, end: number): Scale {
  const span = to - from || 1
  const place = (value: number) =>
    round(start + (Math.min(1, Math.max(0, (value - from) / span)) || 0) * (end - start))
  return Object.assign(place, { from, to })
}

/** Logarithmic; both ends must be above zero. Zero and less are drawn at the start. */
export function logScale(from: number, to: number, start: number, end: number): Scale {
  const inner = linearScale(Math.log10(from), Math.log10(to), start, end)
  const place = (value: number) => (value <= 0 ? round(start) : inner(Math.log10(value)))
  return Object.assign(place, { from, to })
}

/** Powers of ten inside `[from, to]`, thinned to at most `most`. */
export function decades(from: number, to: number, most = 8): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  const step = Math.max(1, Math.ceil((last - first + 1) / most))
  const powers: number[] = []
  for (let power = first; power <= last; power += step) powers.push(Number(`1e${power}`))
  return powers
}

/** Round values (1, 2 or 5 times a power of ten) from zero to `max`, about `wanted` of them. */
export function roundTicks(max: number, wanted = 5): number[] {
  if (!(max > 0)) return [0]
  const rough = max / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10) * power
  const ticks: number[] = []
  for (let at = 0; at * step <= max * (1 + 1e-9); at++) ticks.push(at * step)
  return ticks
}

/** Two decimals are finer than a pixel and keep pages small. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
