import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEventStream } from '../../src/adapters/kafka/open.ts'
import { SASL_MECHANISMS } from '../../src/domain/kafka-settings.ts'
import { PASSWORD, USER } from '../support/kafka/server-properties.ts'
import { kafkaMissing, openKafka, type TestKafka } from '../support/kafka-broker.ts'
import {
  openReader,
  openStreamBench,
  quietLogger,
  streamSettings,
} from '../support/stream-bench.ts'

/** Logins and TLS, against listeners that insist on them. */

const needs = { secure: true }
const missing = kafkaMissing(needs)

test('a Kafka is there where one is required', () => {
  if (process.env['CI_REQUIRE_KAFKA'] === '1') expect(missing).toBeNull()
})

describe.skipIf(missing)(`logins${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let kafka: TestKafka
  let secure: NonNullable<TestKafka['secure']>

  beforeAll(async () => {
    kafka = await openKafka(needs)
    if (kafka.secure === null) throw new Error('the broker has no secured listeners')
    secure = kafka.secure
  }, 300_000)
  afterAll(() => kafka?.close())

  test.each(SASL_MECHANISMS)('%s, without and with TLS', async mechanism => {
    const login = { mechanism, username: USER, password: PASSWORD }
    const bench = await openStreamBench(streamSettings(kafka.brokers))
    const topic = await bench.topic()
    for (const [index, more] of [
      { brokers: [secure.sasl], tls: false, ca_file: null },
      { brokers: [secure.tls], tls: true, ca_file: secure.ca_file },
    ].entries()) {
      const stream = openEventStream(streamSettings([], { ...more, login }), quietLogger)
      await stream.publish(topic, [{ key: 'k', value: `by ${mechanism}`, headers: {} }])
      const reader = await openReader(stream, bench.group(), topic)
      expect(await reader.values(index + 1)).toEqual(Array(index + 1).fill(`by ${mechanism}`))
      await stream.close()
    }
    await bench.close()
  })

  test.each(SASL_MECHANISMS)('%s with a wrong password is one sentence', async mechanism => {
    const login = { mechanism, username: USER, password: 'wrong-horse' }
    const stream = openEventStream(streamSettings([secure.sasl], { login }), quietLogger)
    const fault = await openReader(stream, 'group', 'topic').catch((error: unknown) => error)
    expect(fault).toMatchObject({
      code: 'STREAM_UNAVAILABLE',
      message: `Kafka at ${secure.sasl} refused the login of ${USER} by ${mechanism}`,
    })
    await stream.close()
  })

  test('a broker that no trusted certificate vouches for is not spoken to', async () => {
    const login = { mechanism: 'plain', username: USER, password: PASSWORD } as const
    const settings = streamSettings([secure.tls], { login, tls: true })
    const stream = openEventStream(settings, quietLogger)
    await expect(openReader(stream, 'group', 'topic')).rejects.toMatchObject({
      code: 'STREAM_UNAVAILABLE',
      message: expect.stringMatching(/certificate/),
    })
  })

  test('a file of certificates that cannot be read is a fault of the settings', async () => {
    const settings = streamSettings([secure.tls], { tls: true, ca_file: '/no/such/file.pem' })
    const stream = openEventStream(settings, quietLogger)
    await expect(openReader(stream, 'group', 'topic')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'KAFKA_CA_FILE cannot be read: /no/such/file.pem',
    })
  })
})
