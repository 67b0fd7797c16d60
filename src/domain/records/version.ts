import { sha256Hex } from '../canonical.ts'

/**
 * Which of two contents under one identity wins: the higher rank (a revision), and between equal
 * ranks the larger hash of the content. Neither order of arrival nor time of arrival matters, so
 * every replay settles alike.
 */

/** The first 64 bits of SHA-256. Content is what the sender said, never when or how it came. */
export function contentHash(content: string): bigint {
  return BigInt(`0x${sha256Hex(content).slice(0, 16)}`)
}

/** `rank * 2^64 + hash`, the store's `version` column (UInt128). Rank < 2^64. */
export function versionOf(rank: number, hash: bigint): bigint {
  return (BigInt(rank) << 64n) | hash
}

export function rankOf(version: bigint): bigint {
  return version >> 64n
}
