/**
 * How much a fetch asks for. The log bounds an answer by its bytes as they travel, and kafkajs unpacks
 * it whole: telemetry that is packed to a twentieth would take twenty times its bounds in memory.
 * So a fetch asks for what unpacks to the bounds if it is packed like the ones before.
 */

/** Bytes of a fetch, and of what it brings of one partition. */
export interface FetchBytes {
  readonly bytes: number
  readonly partition_bytes: number
}

/** Bytes of batches that came packed. */
export interface Unpacking {
  readonly packed: number
  readonly unpacked: number
}

export interface FetchSize {
  /** What to ask for next. */
  ask(): FetchBytes
  /** What was unpacked for a fetch that brought messages; nothing where they came as they are. */
  brought(unpacking: Unpacking): void
}

/** Before anything has come: a thousand lines of telemetry shrink to a twentieth. */
const RATIO_ASSUMED = 20
/** What is packed less tightly is believed little by little: the next topic may be the other kind. */
const RATIO_FALL = 0.8
/** No less: the largest batch that a broker takes by default must get through beside others. */
const BYTES_MIN = 2 << 20
const PARTITION_BYTES_MIN = 1 << 20

/** @param bounds what a fetch may unpack to */
export function createFetchSize(bounds: FetchBytes): FetchSize {
  let ratio: number | null = null
  const share = (bytes: number, least: number): number =>
    Math.min(bytes, Math.max(least, Math.floor(bytes / (ratio ?? RATIO_ASSUMED))))
  return {
    ask: () => ({
      bytes: share(bounds.bytes, BYTES_MIN),
      partition_bytes: share(bounds.partition_bytes, PARTITION_BYTES_MIN),
    }),
    brought({ packed, unpacked }) {
      const found = packed === 0 ? 1 : Math.max(1, unpacked / packed)
      ratio = ratio === null ? found : Math.max(found, ratio * RATIO_FALL)
    },
  }
}
