import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStreamSink } from '../../../src/adapters/stream-sink.ts'
import type { Case } from '../../../src/domain/case/case.ts'
import { answerCaseEvent } from '../../../src/http/answers/case.ts'
import { answerVersion } from '../../../src/http/answers/finding.ts'
import { answerReport } from '../../../src/http/answers/report.ts'
import type { EventSink, OutgoingEvent } from '../../../src/ports/event-sink.ts'
import type { Store } from '../../../src/ports/store.ts'
import { actOnCase } from '../../../src/stages/case-action.ts'
import { createOutbox, type Outbox } from '../../../src/stages/outbox.ts'
import { caseActs, clock as peopleClock, policy, taken } from '../../support/case-acts.ts'
import { addFindings, at } from '../../support/case-world.ts'
import { createMemoryStream } from '../../support/memory-stream.ts'
import { openProbeStore, type ProbeStore } from '../../support/probe-store.ts'
import { fakeClock } from '../../support/store.ts'

/** What goes out of a small world, in which order, and what a crash or a sink that is down changes. */

let opened: ProbeStore
beforeAll(async () => {
  opened = await openProbeStore({
    published:
      'select sink, topic, key, instance from published final order by sink, topic, stored_at, key',
    until:
      "select topic, until < now64(6) - 599 as is_behind, until > '2020-01-01' as is_set from published_until final order by topic",
    age: 'select toString(now64(6) - toIntervalMinute(20)) as at',
  })
})
afterAll(() => opened.close())
beforeEach(async () => {
  const tables = [
    'findings',
    'case_events',
    'cases',
    'reports',
    'determinations',
    'published',
    'published_until',
  ]
  await opened.clear(...tables)
  clock.set(at('2026-03-05'))
})

const { caseAbout, act } = caseActs(() => opened.store)
const clock = fakeClock()
const answers = { finding: answerVersion, caseEvent: answerCaseEvent, report: answerReport }

function outboxTo(sinks: readonly EventSink[], store: Store = opened.store): Outbox {
  return createOutbox({ store, clock, instance: 'i-1', sinks, answers })
}

/** A sink that keeps what it took, and takes `room` events at most. */
function takingSink(name = 'shelf') {
  const taken: OutgoingEvent[] = []
  const sink = {
    name,
    taken,
    room: Number.POSITIVE_INFINITY,
    async deliver(events: readonly OutgoingEvent[]) {
      const delivered = Math.min(events.length, sink.room)
      sink.room -= delivered
      taken.push(...events.slice(0, delivered))
      return { delivered, fault: delivered < events.length ? 'the shelf is full' : null }
    },
  }
  return sink
}

const keys = (events: readonly OutgoingEvent[]) => events.map(event => event.idempotency_key)
const finding = (id: string, version = 1, mid = 2e26) =>
  addFindings(opened.store, { finding_id: id, version, tenants: ['acme'], mid })

async function addReport(report_id: string, { case_id, group_id }: Case, version: number) {
  const built_at = '2026-03-05 00:00:00.000'
  await opened.store.append('reports', [
    {
      report_id,
      case_id,
      version,
      case_seq: 1,
      group_id,
      built_at,
      content_hash: 'c'.repeat(64),
      report_json: '{}',
      manifest: '{}',
    },
  ])
}

describe('what goes out', () => {
  test('each finding version, case event and report once, as it reads over HTTP', async () => {
    const found = await caseAbout('out-a')
    await taken(act(found, 'triage', 'ann'))
    await addReport('rep-1', found, 1)
    const shelf = takingSink()
    const outbox = outboxTo([shelf])
    expect(await outbox.publish()).toEqual([
      {
        sink: 'shelf',
        topic: 'findings',
        published: 1,
        pending: 0,
        oldest_s: expect.any(Number),
        fault: null,
      },
      {
        sink: 'shelf',
        topic: 'cases',
        published: 2,
        pending: 0,
        oldest_s: expect.any(Number),
        fault: null,
      },
      {
        sink: 'shelf',
        topic: 'reports',
        published: 1,
        pending: 0,
        oldest_s: expect.any(Number),
        fault: null,
      },
    ])
    expect(shelf.taken.map(({ topic, subject }) => [topic, subject])).toEqual([
      ['findings', 'fnd-out-a'],
      ['cases', found.case_id],
      ['cases', found.case_id],
      ['reports', 'rep-1'],
    ])
    const bodies = shelf.taken.map(({ body }) => JSON.parse(body))
    expect(bodies[0]).toMatchObject({
      schema: 'flopwatch.event/1',
      topic: 'findings',
      subject: 'fnd-out-a',
      idempotency_key: 'fnd-out-a@1',
      stored_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      data: {
        finding_id: 'fnd-out-a',
        version: 1,
        state: 'presume',
        measured: { mid: 2e26 },
        facts: { tier: 'T2' },
      },
    })
    expect(bodies.slice(1, 3).map(({ data }) => [data.case_id, data.seq, data.kind])).toEqual([
      [found.case_id, 1, 'opened'],
      [found.case_id, 2, 'triaged'],
    ])
    expect(bodies[3].data).toMatchObject({ report_id: 'rep-1', version: 1, case_id: found.case_id })
    await outbox.publish()
    await outboxTo([shelf]).publish()
    expect(shelf.taken).toHaveLength(4)
  })

  test('over a log the subject is the key, and the header tells a copy from news', async () => {
    await finding('fnd-k')
    await finding('fnd-k', 2)
    const stream = createMemoryStream()
    await outboxTo([createStreamSink(stream, 'prod.')]).publish()
    expect(
      stream.log.map(({ topic, key, headers }) => [topic, key, headers['idempotency-key']]),
    ).toEqual([
      ['prod.findings', 'fnd-k', 'fnd-k@1'],
      ['prod.findings', 'fnd-k', 'fnd-k@2'],
    ])
  })

  test('a case event that does not stand stays in', async () => {
    const found = await caseAbout('out-v')
    // As two processes would: each through a store of its own, so that neither waits for the other.
    const act = (by: string) =>
      actOnCase(
        { store: { ...opened.store }, clock: peopleClock, policy },
        { case_id: found.case_id, action: 'triage', by },
      )
    const ends = await Promise.all(['ann', 'bob', 'cat'].map(act))
    const winners = ends.filter(end => end.taken)
    const shelf = takingSink()
    const results = await outboxTo([shelf]).publish()
    const cases = shelf.taken
      .filter(({ topic }) => topic === 'cases')
      .map(({ body }) => JSON.parse(body).data)
    expect(cases.map(({ seq }) => seq)).toEqual([1, 2])
    if (winners[0]?.taken) expect(cases[1].actor).toBe(winners[0].event.actor)
    expect(results.find(({ topic }) => topic === 'cases')?.pending).toBe(0)
  })
})

describe('at least once', () => {
  test('a crash between delivery and its record delivers again, under the same key', async () => {
    await finding('fnd-c')
    const shelf = takingSink()
    const dying: Store = {
      ...opened.store,
      append: (table, rows) =>
        table === 'published'
          ? Promise.reject(new Error('died'))
          : opened.store.append(table, rows),
    }
    await expect(outboxTo([shelf], dying).publish()).rejects.toThrow('died')
    await outboxTo([shelf]).publish()
    expect(keys(shelf.taken)).toEqual(['fnd-c@1', 'fnd-c@1'])
    await outboxTo([shelf]).publish()
    expect(shelf.taken).toHaveLength(2)
  })

  test('what a sink did not take goes out later, in order, and nothing twice', async () => {
    for (const version of [1, 2, 3]) await finding('fnd-o', version)
    const shelf = takingSink()
    shelf.room = 1
    const outbox = outboxTo([shelf])
    const [first] = await outbox.publish()
    expect(first).toMatchObject({ published: 1, pending: 2, fault: 'the shelf is full' })
    shelf.room = 10
    clock.set(clock.now() + 1000)
    expect((await outbox.publish())[0]).toMatchObject({ published: 2, pending: 0, fault: null })
    expect(keys(shelf.taken)).toEqual(['fnd-o@1', 'fnd-o@2', 'fnd-o@3'])
  })

  test('a sink that failed is left in peace for longer and longer, and told of meanwhile', async () => {
    await finding('fnd-r')
    const shelf = takingSink()
    shelf.room = 0
    const outbox = outboxTo([shelf])
    const start = clock.now()
    const tries: number[] = []
    for (let second = 0; second < 20; second += 1) {
      clock.set(start + second * 1000)
      const [found] = await outbox.publish()
      expect(found).toMatchObject({ pending: 1, published: 0 })
      if (found?.fault) tries.push(second)
    }
    // Rests of 1, 2, 4 and 8 seconds.
    expect(tries).toEqual([0, 1, 3, 7, 15])
  })

  test('one sink that is down holds up no other', async () => {
    await finding('fnd-s')
    const [down, up] = [takingSink('down'), takingSink('up')]
    down.room = 0
    const stream = createMemoryStream()
    stream.down(true)
    const outbox = outboxTo([down, createStreamSink(stream, ''), up])
    const results = await outbox.publish()
    expect(keys(up.taken)).toEqual(['fnd-s@1'])
    expect(
      results.filter(({ fault }) => fault !== null).map(({ sink, fault }) => [sink, fault]),
    ).toEqual([
      ['down', 'the shelf is full'],
      ['stream', 'no broker answers'],
    ])
    stream.down(false)
    clock.set(clock.now() + 1000)
    await outbox.publish()
    expect(stream.log).toHaveLength(1)
  })

  test('a sink that is new gets what there is, and what it has is its own account', async () => {
    await finding('fnd-n')
    const [old, fresh] = [takingSink('old'), takingSink('fresh')]
    await outboxTo([old]).publish()
    await outboxTo([old, fresh]).publish()
    expect([old.taken.length, fresh.taken.length]).toEqual([1, 1])
    expect(await opened.probe('published')).toEqual([
      { sink: 'fresh', topic: 'findings', key: 'fnd-n@1', instance: 'i-1' },
      { sink: 'old', topic: 'findings', key: 'fnd-n@1', instance: 'i-1' },
    ])
  })
})

describe('the low-water mark', () => {
  test('stays ten minutes behind the present, so that a slow insert is not passed over', async () => {
    await finding('fnd-w')
    const shelf = takingSink()
    await outboxTo([shelf]).publish()
    expect(await opened.probe('until')).toEqual([{ topic: 'findings', is_behind: 1, is_set: 1 }])
    await addFindings(opened.store, { finding_id: 'fnd-late', tenants: ['acme'] })
    await outboxTo([shelf]).publish()
    expect(keys(shelf.taken)).toEqual(['fnd-w@1', 'fnd-late@1'])
  })

  test('more than one round holds goes out round by round, whole', async () => {
    const sketches = Array.from({ length: 1201 }, (_, index) => ({
      finding_id: `fnd-${String(index).padStart(4, '0')}`,
      tenants: ['acme'],
    }))
    await addFindings(opened.store, ...sketches)
    const shelf = takingSink()
    const outbox = outboxTo([shelf])
    const pending: number[] = []
    for (let round = 0; round < 3; round += 1)
      pending.push((await outbox.publish())[0]?.pending ?? -1)
    expect(pending).toEqual([701, 201, 0])
    expect(new Set(keys(shelf.taken)).size).toBe(1201)
    expect(shelf.taken).toHaveLength(1201)
  })
})
