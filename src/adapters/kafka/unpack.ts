/** What decompressors share: an output of bounded size, and copies from what it already holds. */

export interface Output {
  bytes: Buffer
  size: number
}

/** Throws RangeError when more is wanted than allowed: a few bytes can claim to be gigabytes. */
export function reserve(bytes: number, bytes_max: number): Output {
  if (bytes > bytes_max) throw new RangeError(`a batch unpacks to more than ${bytes_max} bytes`)
  return { bytes: Buffer.allocUnsafe(bytes), size: 0 }
}

/** Appends `length` bytes from `distance` back; where they overlap, the pattern repeats. */
export function copyWithin(output: Output, distance: number, length: number): void {
  const { bytes, size } = output
  if (distance === 0 || distance > size) throw new RangeError('a copy points before the data')
  if (size + length > bytes.length) throw new RangeError('a copy ends after the data')
  output.size += length
  if (distance >= length) {
    bytes.copyWithin(size, size - distance, size - distance + length)
    return
  }
  for (let at = size; at < size + length; at += 1) bytes[at] = bytes[at - distance] ?? 0
}
