/** The first bytes of a stream, and the stream with them still in front. */
export interface Ahead {
  readonly head: Uint8Array
  readonly all: AsyncIterable<Uint8Array>
  /** True when `head` is all there is. */
  readonly ended: boolean
}

/** Reads until there are `wanted` bytes, or `enough` says so, or the stream ends. */
export async function readAhead(
  bytes: AsyncIterable<Uint8Array>,
  wanted: number,
  enough: (head: Uint8Array) => boolean = () => false,
): Promise<Ahead> {
  const source = bytes[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  let ended = false
  while (head.byteLength < wanted && !enough(head)) {
    const next = await source.next()
    if (next.done) {
      ended = true
      break
    }
    head = head.byteLength === 0 ? next.value : Buffer.concat([head, next.value])
  }
  return { head, all: rejoin(head, source), ended }
}

async function* rejoin(
  head: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.byteLength > 0) yield head
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}
