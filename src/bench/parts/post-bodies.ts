import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { type Fleet, inBodies } from '../sample-lines.ts'

/** Senders over HTTP: bodies are written beforehand, so that only sending is timed. */

export interface Posting {
  readonly url: string
  readonly fleet: Fleet
  readonly steps: number
  readonly rows_per_body: number
  readonly gzip: boolean
  /** Bodies under way at one time. */
  readonly senders: number
}

export interface Posted {
  readonly rows: number
  readonly seconds: number
  /** As they went over the wire. */
  readonly bytes: number
  readonly bodies: number
}

const receipt = z.object({ accepted: z.number() })

/** Answers once every body was acknowledged; throws at the first that was not. */
export async function postBodies(posting: Posting): Promise<Posted> {
  const { fleet, steps, rows_per_body, gzip, url } = posting
  const texts = inBodies(fleet, steps, rows_per_body)
  const bodies = [...texts].map(text => (gzip ? gzipSync(text, { level: 1 }) : Buffer.from(text)))
  const waiting = bodies.values()
  let rows = 0
  const sender = async (): Promise<void> => {
    for (const body of waiting) {
      // Not `rows += await …`: that reads the sum before it waits, and loses what others add meanwhile.
      const accepted = await postBody(url, body, gzip)
      rows += accepted
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: posting.senders }, sender))
  return {
    rows,
    seconds: (performance.now() - begun) / 1000,
    bytes: bodies.reduce((sum, body) => sum + body.byteLength, 0),
    bodies: bodies.length,
  }
}

/** Answers how many samples were accepted. */
export async function postBody(url: string, body: string | Buffer, gzip: boolean): Promise<number> {
  const answer = await fetch(`${url}/v1/telemetry/accelerator`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  const text = await answer.text()
  if (answer.status !== 202) throw new Error(`a body was answered ${answer.status}: ${text}`)
  return receipt.parse(JSON.parse(text)).accepted
}
