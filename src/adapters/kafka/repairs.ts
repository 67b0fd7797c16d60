import { createRequire } from 'node:module'
import type { Batch } from 'kafkajs'
import { unpackedSoFar } from './codecs.ts'
import { createFetchSize, type FetchSize } from './fetch-size.ts'

/** What kafkajs 2.2.4 leaves open and has no setting for; done once, for the whole process. */

const require = createRequire(import.meta.url)
const REPAIRED = Symbol('repaired')

export function repairKafkajs(): void {
  repair('kafkajs/src/network/requestQueue/index.js', checkOnlyPending)
  repair('kafkajs/src/consumer/consumerGroup.js', sizeFetches)
}

function repair<T extends object>(path: string, change: (prototype: T) => void): void {
  const { prototype } = require(path)
  if (Object.hasOwn(prototype, REPAIRED)) return
  change(prototype)
  prototype[REPAIRED] = true
}

/**
 * A timer is set for a time long past whenever no request waits: Node 24 warns of it, and each
 * answer costs a timer. With nothing pending there is nothing to check; a request that comes to wait
 * sets the timer itself.
 */
function checkOnlyPending(queue: {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}): void {
  const check = queue.scheduleCheckPendingRequests
  queue.scheduleCheckPendingRequests = function checkPending() {
    if (this.pending.length > 0) check.call(this)
  }
}

interface ConsumerGroup {
  maxBytes: number
  maxBytesPerPartition: number
  fetch(nodeId: string): Promise<Batch[]>
}

/** Its bounds are those of the bytes as they travel: see `createFetchSize`. */
function sizeFetches(group: ConsumerGroup): void {
  const sizes = new WeakMap<ConsumerGroup, FetchSize>()
  const sizeOf = (one: ConsumerGroup): FetchSize => {
    const known = sizes.get(one)
    if (known) return known
    const size = createFetchSize({
      bytes: one.maxBytes,
      partition_bytes: one.maxBytesPerPartition,
    })
    sizes.set(one, size)
    return size
  }
  const { fetch } = group
  group.fetch = async function fetchSized(nodeId) {
    const size = sizeOf(this)
    const asked = size.ask()
    this.maxBytes = asked.bytes
    this.maxBytesPerPartition = asked.partition_bytes
    const before = unpackedSoFar()
    const batches = await fetch.call(this, nodeId)
    if (batches.some(batch => batch.messages.length > 0)) {
      const { packed, unpacked } = unpackedSoFar()
      size.brought({ packed: packed - before.packed, unpacked: unpacked - before.unpacked })
    }
    return batches
  }
}
