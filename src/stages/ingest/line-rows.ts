import type { LineBlock } from '../../ports/intake.ts'

/**
 * Lines made ready for the store: each opens with its row (8 digits) and the offset of its message
 * (16 digits), so that nothing rests on the order in which the store reads them.
 */
export interface LineRows {
  readonly block: LineBlock
  /** From which source the block came, for quarantine. */
  readonly source: string
  readonly firstRow: number
  /** Position of the first line in its body or message. */
  readonly position: number
  /** The lines with their openings. */
  readonly piece: Uint8Array
  /** Where each line ends in `piece`, after its line feed. */
  readonly ends: readonly number[]
}

const ROW_DIGITS = 8
const PREFIX = 24
const [ZERO, NINE, NEWLINE] = [0x30, 0x39, 0x0a]

/** Takes lines from byte `from` of a block, at most `lines` and until `bytes` are reached. */
export function numberLines(
  block: LineBlock,
  from: number,
  start: Pick<LineRows, 'firstRow' | 'position' | 'source'>,
  bound: { readonly lines: number; readonly bytes: number },
): { readonly rows: LineRows; readonly next: number } {
  const { bytes } = block
  const cuts: number[] = []
  let next = from
  while (next < bytes.byteLength && cuts.length < bound.lines && next - from < bound.bytes) {
    const newline = bytes.indexOf(NEWLINE, next)
    next = newline === -1 ? bytes.byteLength : newline + 1
    cuts.push(next)
  }
  // The last line of a body may lack its line feed.
  const lacking = bytes[next - 1] === NEWLINE ? 0 : 1
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const piece = Buffer.allocUnsafeSlow(next - from + lacking + cuts.length * PREFIX)
  const prefix = Buffer.from(digits(start.firstRow, 8) + digits(block.offset ?? 0, 16), 'latin1')
  const ends: number[] = []
  let [read, written] = [from, 0]
  for (const cut of cuts) {
    prefix.copy(piece, written)
    source.copy(piece, written + PREFIX, read, cut)
    written += PREFIX + cut - read
    read = cut
    ends.push(written)
    countOn(prefix)
  }
  if (lacking === 1) {
    piece[written] = NEWLINE
    ends[ends.length - 1] = written + 1
  }
  return { rows: { block, ...start, piece, ends }, next }
}

/** The line of a row without its opening and its line feed. */
export function lineOf({ piece, ends, firstRow }: LineRows, row: number): Uint8Array {
  const index = row - firstRow
  return piece.subarray((ends[index - 1] ?? 0) + PREFIX, (ends[index] ?? 0) - 1)
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** One more row, in place. */
function countOn(prefix: Buffer): void {
  let at = ROW_DIGITS - 1
  while (prefix[at] === NINE) prefix[at--] = ZERO
  prefix[at] = (prefix[at] ?? ZERO) + 1
}
