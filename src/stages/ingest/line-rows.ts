import type { LineBlock } from '../../ports/intake.ts'

/**
 * Lines made ready for the store: each opens with its row (8 digits) and the offset of its message
 * (16 digits), so that nothing rests on the order in which the store reads them.
 */
export interface LineRows {
  readonly read: LineBlock['read']
  readonly offset: number | null
  /** From which source the lines came, for quarantine. */
  readonly source: string
  readonly firstRow: number
  /** Position of the first line in its body or message. */
  readonly position: number
  /** Where the lines lie with their openings. */
  readonly slab: Uint8Array
  readonly start: number
  /** Where each ends in the slab, after its line feed. */
  readonly ends: readonly number[]
}

/** Where the lines of a part are gathered. */
export interface LineSink {
  readonly rows: LineRows[]
  /** What is filled of the slabs, in order. */
  pieces(): readonly Uint8Array[]
  /**
   * Takes lines of a block as they are, from byte `from`: at most `lines`, until `bytes` are
   * reached, and what fits the slab at hand. At least one, if there is one.
   */
  take(
    block: LineBlock,
    start: { readonly from: number; readonly position: number; readonly firstRow: number },
    bound: { readonly lines: number; readonly bytes: number },
    source: string,
  ): { readonly lines: number; readonly next: number }
  /** Gives the slabs back; the lines are gone. */
  release(): void
}

/**
 * Lends out memory for lines and takes it back: bytes outside of the heap that come and go with
 * every part would have the collector run all the time.
 */
export interface SlabPool {
  open(): LineSink
}

const SLAB_BYTES = 4 << 20
/** Slabs that are kept when nobody needs them. */
const SLABS_KEPT = 32

export function createSlabPool(): SlabPool {
  const free: Buffer[] = []
  const take = (bytes: number): Buffer =>
    (bytes <= SLAB_BYTES ? free.pop() : undefined) ??
    Buffer.allocUnsafeSlow(Math.max(bytes, SLAB_BYTES))
  const give = (slab: Buffer): void => {
    if (slab.byteLength === SLAB_BYTES && free.length < SLABS_KEPT) free.push(slab)
  }
  return { open: () => openSink(take, give) }
}

interface Slab {
  readonly bytes: Buffer
  used: number
}

function openSink(lend: (bytes: number) => Buffer, give: (slab: Buffer) => void): LineSink {
  const rows: LineRows[] = []
  let slabs: Slab[] = []
  const slabFor = (bytes: number): Slab => {
    const last = slabs.at(-1)
    if (last && last.bytes.byteLength - last.used >= bytes) return last
    const slab = { bytes: lend(bytes), used: 0 }
    slabs.push(slab)
    return slab
  }
  return {
    rows,
    pieces: () => slabs.map(({ bytes, used }) => bytes.subarray(0, used)),
    take(block, { from, position, firstRow }, bound, source) {
      const slab = slabFor(spaceFor(lineEnd(block.bytes, from) - from))
      const { used: start, bytes } = slab
      const opening = Buffer.from(digits(firstRow, 8) + digits(block.offset ?? 0, 16), 'latin1')
      const { ends, next } = copyLines(block.bytes, from, slab, opening, bound)
      const { read, offset = null } = block
      rows.push({ read, offset, source, firstRow, position, slab: bytes, start, ends })
      return { lines: ends.length, next }
    },
    release() {
      for (const slab of slabs) give(slab.bytes)
      slabs = []
      rows.length = 0
    },
  }
}

const ROW_DIGITS = 8
const OPENING = 24
const [ZERO, NINE, NEWLINE] = [0x30, 0x39, 0x0a]

/** With its opening, and the line feed that the last line of a body may lack. */
function spaceFor(lineBytes: number): number {
  return lineBytes + OPENING + 1
}

function copyLines(
  bytes: Uint8Array,
  from: number,
  slab: Slab,
  opening: Buffer,
  bound: { readonly lines: number; readonly bytes: number },
): { readonly ends: number[]; readonly next: number } {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ends: number[] = []
  let next = from
  let at = slab.used
  while (next < bytes.byteLength && ends.length < bound.lines && next - from < bound.bytes) {
    const end = lineEnd(bytes, next)
    if (at + spaceFor(end - next) > slab.bytes.byteLength) break
    at += opening.copy(slab.bytes, at)
    at += source.copy(slab.bytes, at, next, end)
    if (bytes[end - 1] !== NEWLINE) slab.bytes[at++] = NEWLINE
    ends.push(at)
    countOn(opening)
    next = end
  }
  slab.used = at
  return { ends, next }
}

/** After the line feed, or where the bytes end. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from)
  return newline === -1 ? bytes.byteLength : newline + 1
}

/** The line of a row without its opening and its line feed. */
export function lineOf({ slab, start, ends, firstRow }: LineRows, row: number): Uint8Array {
  const index = row - firstRow
  return slab.subarray((ends[index - 1] ?? start) + OPENING, (ends[index] ?? 0) - 1)
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

/** One more row, in place. */
function countOn(opening: Buffer): void {
  let at = ROW_DIGITS - 1
  while (opening[at] === NINE) opening[at--] = ZERO
  opening[at] = (opening[at] ?? ZERO) + 1
}
