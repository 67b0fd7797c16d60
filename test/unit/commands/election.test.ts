import { expect, test } from 'vitest'
import { startElection } from '../../../src/commands/election.ts'
import type { EventStream, StreamConsumer } from '../../../src/ports/event-stream.ts'
import { SILENT } from '../../support/app-bench.ts'
import { createMemoryStream } from '../../support/memory-stream.ts'

const place = { group: 'fleet', topic_prefix: 'prod.' }

test('one of three detects; when it leaves another does, under a later generation', async () => {
  const stream = createMemoryStream()
  const elections = [
    await startElection(stream, place, SILENT),
    await startElection(stream, place, SILENT),
    await startElection(stream, place, SILENT),
  ]
  const generations = () => elections.map(election => election.generation())
  expect(generations()).toEqual([3, null, null])
  await elections[0]?.stop()
  expect(generations()).toEqual([null, 4, null])
  await elections[2]?.stop()
  expect(generations()).toEqual([null, 5, null])
})

test('the group stands beside that of ingest, on the control topic alone', async () => {
  const asked: unknown[] = []
  const stream = createMemoryStream()
  const spy: EventStream = {
    ...stream,
    consume: options => {
      asked.push([options.group, options.topics])
      return stream.consume(options)
    },
  }
  await startElection(spy, place, SILENT)
  expect(asked).toEqual([['fleet.detect', ['prod.flopwatch.control']]])
})

test('who lost the broker does not know whether it is still the one, and is none', async () => {
  const stream = createMemoryStream()
  const election = await startElection(stream, place, SILENT)
  expect(election.generation()).toBe(1)
  stream.down(true)
  expect(election.generation()).toBeNull()
  expect(election.trouble()).toBe('no broker answers')
  stream.down(false)
  expect(election.generation()).toBe(1)
})

test('one that fell silent is replaced without being told; generations tell the two apart', async () => {
  const stream = createMemoryStream()
  const members: StreamConsumer[] = []
  const spy: EventStream = {
    ...stream,
    consume: async options => {
      const consumer = await stream.consume(options)
      members.push(consumer)
      return consumer
    },
  }
  const old = await startElection(spy, place, SILENT)
  const next = await startElection(spy, place, SILENT)
  expect([old.generation(), next.generation()]).toEqual([2, null])
  if (members[0]) stream.silence(members[0])
  // The old one still believes what it was told last; the store's turns see to the rest.
  expect([old.generation(), next.generation()]).toEqual([2, 3])
})
