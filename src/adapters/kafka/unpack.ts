/** What decompressors share: an output of bounded size, and copies into it. */

export interface Output {
  bytes: Buffer
  size: number
}

/** Up to here a loop is faster than a call into the runtime, and most pieces are short. */
const SHORT_BYTES = 64

/** Throws RangeError when more is wanted than allowed: a few bytes can claim to be gigabytes. */
export function reserve(bytes: number, bytes_max: number): Output {
  if (bytes > bytes_max) throw new RangeError(`a batch unpacks to more than ${bytes_max} bytes`)
  return { bytes: Buffer.allocUnsafe(bytes), size: 0 }
}

/** Appends `length` bytes of `input` from `from` on. */
export function append(output: Output, input: Buffer, from: number, length: number): void {
  const { bytes, size } = output
  if (from + length > input.length) throw new RangeError('a literal is cut off')
  if (size + length > bytes.length) throw new RangeError('a literal ends after the data')
  output.size += length
  if (length > SHORT_BYTES) input.copy(bytes, size, from, from + length)
  else for (let at = 0; at < length; at += 1) bytes[size + at] = input[from + at] as number
}

/** Appends `length` bytes from `distance` back; where they overlap, the pattern repeats. */
export function repeat(output: Output, distance: number, length: number): void {
  const { bytes, size } = output
  if (distance === 0 || distance > size) throw new RangeError('a copy points before the data')
  if (size + length > bytes.length) throw new RangeError('a copy ends after the data')
  output.size += length
  if (length > SHORT_BYTES && distance >= length) {
    bytes.copyWithin(size, size - distance, size - distance + length)
    return
  }
  const end = size + length
  for (let at = size; at < end; at += 1) bytes[at] = bytes[at - distance] as number
}
