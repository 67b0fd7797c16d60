import { expect, test } from 'vitest'
import { measuredIntake } from '../../../src/adapters/measured-intake.ts'
import { measuredStore } from '../../../src/adapters/measured-store.ts'
import { createMetrics } from '../../../src/adapters/metrics.ts'
import type { Receipt } from '../../../src/ports/intake.ts'
import type { Store } from '../../../src/ports/store.ts'
import { fakeClock } from '../../support/store.ts'

const receipt: Receipt = {
  batch_id: 'b',
  stream: 'telemetry.accelerator',
  consumed: 10,
  accepted: 7,
  duplicates: 2,
  quarantined: 1,
  revised: 0,
  conflicts: 0,
  bytes: 1234,
  source_hash: '',
  time_min: null,
  time_max: null,
}

test('what comes in is counted by stream and by what became of it', async () => {
  const metrics = createMetrics({ process: false })
  const intake = measuredIntake(
    {
      receive: async () => ({ receipt, fault: null }),
      receiveRanges: async () => null,
      retry: async () => receipt,
      forget: () => undefined,
    },
    metrics,
  )
  const source = { name: 's', format: 'auto', replace_period: false, body_bytes_max: null } as const
  const empty = async function* () {
    yield new Uint8Array()
  }
  await intake.receive(null, empty(), source)
  const { text } = await metrics.exposition()
  const line = (outcome: string) =>
    `flopwatch_ingest_records_total{stream="telemetry.accelerator",outcome="${outcome}"}`
  expect(text).toContain(`${line('accepted')} 7`)
  expect(text).toContain(`${line('duplicates')} 2`)
  expect(text).toContain(`${line('quarantined')} 1`)
  expect(text).toContain('flopwatch_ingest_bodies 0')
})

test('statements of the store are timed by name, failures apart', async () => {
  const metrics = createMetrics({ process: false })
  const clock = fakeClock(0)
  const store: Store = {
    append: async () => clock.set(clock.now() + 1500),
    appendLines: async () => undefined,
    query: () => Promise.reject(new Error('refused')),
    execute: async () => undefined,
    queryDetector: async () => [],
    stage: () => Promise.reject(new Error('no stage')),
    close: async () => undefined,
  }
  const measured = measuredStore(store, metrics, clock)
  await measured.append('samples', [])
  await expect(measured.query('read-ready', {})).rejects.toThrow('refused')
  const { text } = await metrics.exposition()
  expect(text).toContain(
    'flopwatch_store_seconds_sum{statement="append samples",failed="false"} 1.5',
  )
  expect(text).toContain('flopwatch_store_seconds_count{statement="read-ready",failed="true"} 1')
})

test('who detects, and what waits to go out, can be seen', async () => {
  const metrics = createMetrics({ process: false })
  metrics.detecting(true)
  metrics.outbox('stream', 'cases', 3, 42)
  metrics.published('stream', 'cases', 5, false)
  metrics.published('stream', 'cases', 1, true)
  const { text } = await metrics.exposition()
  const labels = '{sink="stream",topic="cases"}'
  expect(text).toContain('flopwatch_detect_active 1')
  expect(text).toContain(`flopwatch_outbox_pending${labels} 3`)
  expect(text).toContain(`flopwatch_outbox_oldest_seconds${labels} 42`)
  expect(text).toContain(`flopwatch_outbox_published_total${labels} 6`)
  expect(text).toContain(`flopwatch_outbox_failures_total${labels} 1`)
  metrics.detecting(false)
  expect((await metrics.exposition()).text).toContain('flopwatch_detect_active 0')
})

test('ticks and stages are counted', async () => {
  const metrics = createMetrics({ process: true })
  metrics.tick(3, { hours: 24, waiting: 7 })
  metrics.stage('meter', 2, { hours: 24 })
  const { text, contentType } = await metrics.exposition()
  expect(contentType).toMatch(/^text\/plain/)
  expect(text).toContain('flopwatch_tick_hours_total 24')
  expect(text).toContain('flopwatch_tick_tenants_waiting 7')
  expect(text).toContain('flopwatch_stage_total{stage="meter",what="hours"} 24')
  expect(text).toContain('flopwatch_process_cpu_seconds_total')
})
