import { SingleBar } from 'cli-progress'

/** Says how far a long piece of work has come. */
export interface Progress {
  /** Absolute position, in the unit given at the start. */
  at(done: number, total?: number): void
  finish(): void
}

/**
 * A bar on a terminal; elsewhere nothing, so that logs and pipes stay clean.
 * @param stream where the bar is drawn, standard error as a rule
 */
export function createProgress(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  title: string,
  total: number,
  unit: string,
): Progress {
  if (stream.isTTY !== true) return { at: () => undefined, finish: () => undefined }
  const bar = new SingleBar({
    stream,
    format: `${title.padEnd(28)} {bar} {percentage}% · {value}/{total} ${unit} · {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: false,
    fps: 10,
  })
  bar.start(Math.max(1, Math.round(total)), 0)
  return {
    at: (done, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(Math.max(1, Math.round(newTotal)))
      bar.update(Math.round(done))
    },
    finish: () => bar.stop(),
  }
}
