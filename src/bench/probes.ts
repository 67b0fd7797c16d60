import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

/**
 * Probes of a running product: each is a tenant that nobody has met and that is beyond a threshold
 * at once. Its latency runs from the acknowledgement of its samples to the answer that shows its
 * finding.
 */

export interface Probe {
  readonly tenant_id: string
  /** Milliseconds since the section began, when its samples were acknowledged. */
  readonly sent_ms: number
  /** Until its finding could be read; null when that never came. */
  readonly latency_ms: number | null
}

export interface Probing {
  /** What the tenants of these probes are called; a product is never asked for one of an earlier call. */
  readonly name: string
  /** Where findings are read, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  readonly seconds: number
  /** Time between two probes. */
  readonly every_ms: number
  /** Resolves once the samples of this tenant are acknowledged. */
  readonly send: (tenant_id: string) => Promise<void>
  /** How long the last probes may take after the load has ended. */
  readonly grace_s: number
}

/** Looks this often: the resolution of the answer. */
const LOOK_MS = 250
/** Tenants that one question names. */
const TENANTS_MAX = 100

const findings = z.object({
  items: z.array(z.object({ tenant_ids: z.array(z.string().nullable()), detector_id: z.string() })),
})

/** Sends probes for so many seconds and waits for their findings. */
export async function probe(probing: Probing): Promise<readonly Probe[]> {
  const begun = performance.now()
  const waiting = new Map<string, number>()
  const found: Probe[] = []
  const since = () => performance.now() - begun
  let sending = true
  const send = async (): Promise<void> => {
    for (let count = 0; since() < probing.seconds * 1000; count += 1) {
      await delay(Math.max(0, count * probing.every_ms - since()))
      const tenant_id = `${probing.name}-${count}`
      await probing.send(tenant_id)
      waiting.set(tenant_id, since())
    }
    sending = false
  }
  const sender = send()
  const end_ms = (probing.seconds + probing.grace_s) * 1000
  while ((sending || waiting.size > 0) && since() < end_ms) {
    const asked = [...waiting.keys()].slice(0, TENANTS_MAX)
    for (const tenant_id of asked.length > 0 ? await seen(probing.url, asked) : []) {
      const sent_ms = waiting.get(tenant_id)
      if (sent_ms === undefined) continue
      waiting.delete(tenant_id)
      found.push({ tenant_id, sent_ms, latency_ms: since() - sent_ms })
    }
    await delay(LOOK_MS)
  }
  await sender
  const lost = [...waiting].map(([tenant_id, sent_ms]) => ({
    tenant_id,
    sent_ms,
    latency_ms: null,
  }))
  return [...found, ...lost].sort((a, b) => a.sent_ms - b.sent_ms)
}

/** Which of these tenants have a finding of the run detector. */
async function seen(url: string, tenants: readonly string[]): Promise<string[]> {
  const query = new URLSearchParams()
  for (const tenant of tenants) query.append('tenant', tenant)
  query.append('detector', 'run-operations-threshold')
  query.append('limit', '1000')
  const answer = await fetch(`${url}/v1/findings?${query}`)
  const { items } = findings.parse(await answer.json())
  return items.flatMap(item => item.tenant_ids).filter(tenant => tenant !== null)
}
