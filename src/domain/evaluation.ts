/**
 * What an evaluation says: figures with intervals, the bar each has to reach, and plots as data.
 * Rendering is elsewhere; the JSON of a report is exactly these shapes.
 */

/** A bar that a figure is held against. `met` of the figure says what came of it. */
export type Bar =
  | { readonly kind: 'at_most'; readonly value: number }
  | { readonly kind: 'at_least'; readonly value: number }
  | { readonly kind: 'within'; readonly lo: number; readonly hi: number }

/** Bounds of 95 %: Wilson for shares, percentile bootstrap over runs for everything else. */
export interface Uncertainty {
  readonly lo: number
  readonly hi: number
  readonly method: 'wilson' | 'bootstrap' | 'exact'
}

export interface Figure {
  /** Short and unlike the other figures of its section: `T2 median error`. */
  readonly name: string
  readonly value: number
  readonly unit: 'dex' | 'share' | 'count' | 'ratio' | 's'
  readonly uncertainty: Uncertainty | null
  /** Independent runs behind the figure; samples of one run are not independent. */
  readonly n: number
  readonly bar: Bar | null
  /** Whether the value itself reaches the bar; null without one. */
  readonly met: boolean | null
}

/** One mark of a plot, with the interval drawn around `y`. */
export interface PlotMark {
  readonly label: string
  readonly x: number
  readonly y: number
  readonly lo?: number
  readonly hi?: number
}

export interface EvaluationPlot {
  readonly title: string
  /** `strip`: labelled marks in a row, x ignored; `scatter`: marks by x and y. */
  readonly kind: 'strip' | 'scatter'
  readonly x_label: string
  readonly y_label: string
  readonly marks: readonly PlotMark[]
  /** Horizontal lines, such as a bar. */
  readonly lines: readonly { readonly label: string; readonly y: number }[]
}

export interface SectionResult {
  readonly id: string
  readonly title: string
  /** Why there are no figures, or null. */
  readonly skipped: string | null
  readonly figures: readonly Figure[]
  readonly plots: readonly EvaluationPlot[]
  /** What a reader must know to read the figures: method, assumptions, what is not covered. */
  readonly notes: readonly string[]
}

export interface EvaluationReport {
  readonly seed: number
  readonly quick: boolean
  readonly catalogue: string
  readonly sections: readonly SectionResult[]
}

/** Whether a value reaches its bar; ends included. */
export function reaches(value: number, bar: Bar): boolean {
  switch (bar.kind) {
    case 'at_most':
      return value <= bar.value
    case 'at_least':
      return value >= bar.value
    case 'within':
      return value >= bar.lo && value <= bar.hi
  }
}

/** `≤ 0.04`, `≥ 15`, `0.87–0.93`. */
export function barText(bar: Bar): string {
  switch (bar.kind) {
    case 'at_most':
      return `≤ ${bar.value}`
    case 'at_least':
      return `≥ ${bar.value}`
    case 'within':
      return `${bar.lo}–${bar.hi}`
  }
}
