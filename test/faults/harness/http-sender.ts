import { setInterval } from 'node:timers/promises'
import { createDice } from './dice.ts'
import type { Parcel, Traffic } from './traffic.ts'
import type { Truth } from './truth.ts'

/** Senders over HTTP: each body goes to one instance or another until somebody answers 202. */
export interface HttpSender {
  /** Records that must stand in quarantine; a body that was sent again counts once. */
  refused(): number
  resume(): void
  /** Resolves once every body that was drawn is answered 202. */
  pause(): Promise<void>
  close(): Promise<void>
}

export interface HttpSenderOptions {
  readonly seed: number
  readonly traffic: Traffic
  readonly truth: Truth
  /** Where instances listen just now; none while all are down. */
  readonly addresses: () => readonly string[]
}

const ROUND_MS = 500
const ANSWER_MS = 15_000

export function openHttpSender(options: HttpSenderOptions): HttpSender {
  const { traffic, truth, addresses } = options
  const dice = createDice(options.seed, 'http sender')
  const closing = new AbortController()
  const { signal } = closing
  let state: 'sending' | 'pausing' | 'paused' = 'paused'
  let idle = Promise.withResolvers<void>()
  const refused = new Map<number, number>()

  const send = async (parcel: Parcel): Promise<void> => {
    truth.add(parcel.samples)
    for await (const _ of setInterval(200, undefined, { signal })) {
      const known = addresses()
      if (known.length > 0 && (await isTaken(dice.pick(known), parcel))) break
    }
    refused.set(parcel.id, parcel.refused)
  }
  const run = async (): Promise<void> => {
    for await (const _ of setInterval(ROUND_MS, undefined, { signal })) {
      if (state === 'paused') continue
      const pausing = state === 'pausing'
      const parcels = pausing ? traffic.rest() : traffic.draw(20)
      for (const parcel of parcels) await send(parcel)
      if (!pausing) continue
      state = 'paused'
      idle.resolve()
    }
  }
  const running = run().catch(fault => {
    if (!signal.aborted) throw fault
  })
  return {
    refused: () => [...refused.values()].reduce((sum, count) => sum + count, 0),
    resume() {
      state = 'sending'
      idle = Promise.withResolvers()
    },
    async pause() {
      if (state === 'paused') return
      state = 'pausing'
      await Promise.race([idle.promise, running])
    },
    async close() {
      closing.abort()
      await running
    },
  }
}

/** Sends a body; false when it has to be sent again. Throws on an answer that repeating cannot cure. */
async function isTaken(address: string, { value, records }: Parcel): Promise<boolean> {
  const answer = await post(`${address}/v1/telemetry/accelerator`, value)
  if (answer === null || answer.status >= 500 || answer.status === 429) return false
  const { status, body } = answer
  if (status !== 202)
    throw new Error(`a sound body was answered ${status}: ${JSON.stringify(body)}`)
  const { accepted, duplicates, quarantined } = body
  if (Number(accepted) + Number(duplicates) + Number(quarantined) !== records) {
    throw new Error(`${records} records were answered as ${JSON.stringify(body)}`)
  }
  return true
}

/** null: no whole answer came. */
async function post(
  url: string,
  value: Buffer | null,
): Promise<{ status: number; body: Record<string, unknown> } | null> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS)
    const answer = await fetch(url, { method: 'POST', body: new Uint8Array(value ?? []), signal })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  } catch {
    return null
  }
}
