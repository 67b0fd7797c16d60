import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from '../ports/metrics.ts'

/** Seconds; a statement of the embedded engine takes milliseconds, a rebuild minutes. */
const BUCKETS_S = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300]

/**
 * Metrics as Prometheus reads them, in a registry of their own. `process` adds memory, CPU and
 * event loop of this process, which a test has no use for.
 */
export function createMetrics(options: { readonly process: boolean }): Metrics {
  const registers = [new Registry()]
  const [registry = new Registry()] = registers
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'flopwatch_' })
  const named = naming(registers)
  const records = new Counter(
    named('ingest_records_total', 'Records by what became of them.', ['stream', 'outcome']),
  )
  const bytes = new Counter(named('ingest_bytes_total', 'Bytes that came in.', ['stream']))
  const bodies = new Gauge(named('ingest_bodies', 'Bodies being read.', []))
  const stages = new Histogram({
    ...named('stage_seconds', 'Duration of a stage in a tick.', ['stage']),
    buckets: BUCKETS_S,
  })
  const counts = new Counter(named('stage_total', 'What stages did.', ['stage', 'what']))
  const ticks = new Histogram({
    ...named('tick_seconds', 'Duration of a tick.', []),
    buckets: BUCKETS_S,
  })
  const hours = new Counter(named('tick_hours_total', 'Hours of samples rebuilt.', []))
  const waiting = new Gauge(
    named(
      'tick_tenants_waiting',
      'Dirty tenants that the last tick left to those that follow.',
      [],
    ),
  )
  const statements = new Histogram({
    ...named('store_seconds', 'Duration of a statement.', ['statement', 'failed']),
    buckets: BUCKETS_S,
  })
  const answers = new Histogram({
    ...named('http_seconds', 'Duration of an answer.', ['method', 'route', 'status']),
    buckets: BUCKETS_S,
  })
  return {
    ...detectMetrics(registers),
    delivered({ stream, accepted, duplicates, quarantined, ...receipt }) {
      const { revised, conflicts } = receipt
      const outcomes = { accepted, duplicates, quarantined, revised, conflicts }
      for (const [outcome, count] of Object.entries(outcomes)) {
        records.inc({ stream, outcome }, count)
      }
      bytes.inc({ stream }, receipt.bytes)
    },
    stage(stage, duration_s, done) {
      stages.observe({ stage }, duration_s)
      for (const [what, count] of Object.entries(done)) counts.inc({ stage, what }, count)
    },
    tick(duration_s, done) {
      ticks.observe(duration_s)
      hours.inc(done.hours)
      waiting.set(done.waiting)
    },
    stored(statement, duration_s, failed) {
      statements.observe({ statement, failed: String(failed) }, duration_s)
    },
    answered(method, route, status, duration_s) {
      answers.observe({ method, route, status: String(status) }, duration_s)
    },
    readingBodies: count => bodies.set(count),
    exposition: async () => ({
      text: await registry.metrics(),
      contentType: registry.contentType,
    }),
  }
}

/** Who detects, and how the events that detection leaves behind get out. */
function detectMetrics(registers: Registry[]): Pick<Metrics, 'detecting' | 'outbox' | 'published'> {
  const named = naming(registers)
  const labels = ['sink', 'topic']
  const active = new Gauge(named('detect_active', 'Whether this process detects, 0 or 1.', []))
  const pending = new Gauge(named('outbox_pending', 'Events that wait for a sink.', labels))
  const oldest = new Gauge(
    named('outbox_oldest_seconds', 'Age of the oldest event that waits.', labels),
  )
  const taken = new Counter(named('outbox_published_total', 'Events that a sink took.', labels))
  const failures = new Counter(
    named('outbox_failures_total', 'Times that a sink took no more.', labels),
  )
  return {
    detecting: is_active => active.set(is_active ? 1 : 0),
    outbox(sink, topic, count, oldest_s) {
      pending.set({ sink, topic }, count)
      oldest.set({ sink, topic }, oldest_s)
    },
    published(sink, topic, events, failed) {
      taken.inc({ sink, topic }, events)
      if (failed) failures.inc({ sink, topic })
    },
  }
}

function naming(registers: Registry[]) {
  return (name: string, help: string, labelNames: string[]) => ({
    name: `flopwatch_${name}`,
    help,
    labelNames,
    registers,
  })
}
