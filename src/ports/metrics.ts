import type { Receipt } from './intake.ts'

/** What the product counts about itself. Every part that does work is handed this port. */
export interface Metrics {
  /** A delivery that came in, or that broke off. */
  delivered(receipt: Receipt): void
  /** One stage of a tick: how long it took, and what it did by name. */
  stage(name: string, duration_s: number, counts: Readonly<Record<string, number>>): void
  /** A whole tick, the hours of samples it rebuilt, and the tenants it left to those that follow. */
  tick(duration_s: number, done: { readonly hours: number; readonly waiting: number }): void
  /** A statement of the store. */
  stored(name: string, duration_s: number, failed: boolean): void
  /** An HTTP answer; `route` is the pattern, never the path, so that labels stay few. */
  answered(method: string, route: string, status: number, duration_s: number): void
  /** Bodies that are being read. */
  readingBodies(count: number): void
  /** Whether this process is the one that detects. */
  detecting(is_active: boolean): void
  /** What waits to be published to a sink, and how long the oldest of it has waited. */
  outbox(sink: string, topic: string, pending: number, oldest_s: number): void
  /** Events that a sink took, and whether it failed to take more. */
  published(sink: string, topic: string, events: number, failed: boolean): void
  /** All of it in the text form of Prometheus. */
  exposition(): Promise<{ readonly text: string; readonly contentType: string }>
}
