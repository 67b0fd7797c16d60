/**
 * Whether lines are worth the store's own reading. A fleet whose records it leaves to us (unknown
 * fields, escapes) would be read twice; then lines go straight to our reader for a while, and every
 * so often one part is tried again.
 */
export interface LineGate {
  isOpen(): boolean
  /** What became of a part: lines that were sent, and those that came back. */
  report(sent: number, back: number): void
}

const PARTS_SHUT = 8
const BACK_SHARE_MAX = 0.5

export function createLineGate(): LineGate {
  let shut = 0
  return {
    isOpen() {
      if (shut === 0) return true
      shut -= 1
      return false
    },
    report(sent, back) {
      if (back > sent * BACK_SHARE_MAX) shut = PARTS_SHUT
    },
  }
}
