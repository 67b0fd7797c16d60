import type { BrokerKey } from './keys.ts'

/** What the broker's secured listeners accept. */
export const USER = 'watch'
export const PASSWORD = 'correct-horse'

export interface Ports {
  readonly plain: number
  readonly controller: number
  /** Listener that tells clients to come by `advertised`, where a proxy listens. */
  readonly behindProxy: { readonly own: number; readonly advertised: number } | null
  readonly secure: { readonly sasl: number; readonly tls: number } | null
}

/** Settings of a broker of one node that is its own controller. */
export function serverProperties(folder: string, ports: Ports, key: BrokerKey | null): string {
  const at = (port: number) => `127.0.0.1:${port}`
  const listeners = [
    ['PLAIN', ports.plain, ports.plain, 'PLAINTEXT'],
    ...(ports.behindProxy
      ? [['PROXIED', ports.behindProxy.own, ports.behindProxy.advertised, 'PLAINTEXT'] as const]
      : []),
    ...(ports.secure
      ? [
          ['LOGIN', ports.secure.sasl, ports.secure.sasl, 'SASL_PLAINTEXT'] as const,
          ['TLS', ports.secure.tls, ports.secure.tls, 'SASL_SSL'] as const,
        ]
      : []),
  ] as const
  const lines: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${at(ports.controller)}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    listeners: [
      ...listeners.map(([name, own]) => `${name}://${at(own)}`),
      `CONTROLLER://${at(ports.controller)}`,
    ].join(),
    'advertised.listeners': listeners.map(([name, , port]) => `${name}://${at(port)}`).join(),
    'listener.security.protocol.map': [
      ...listeners.map(([name, , , protocol]) => `${name}:${protocol}`),
      'CONTROLLER:PLAINTEXT',
    ].join(),
    'log.dirs': `${folder}/data`,
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    // A broker started again may register once the session of its former life is over.
    'broker.session.timeout.ms': 2500,
    'broker.heartbeat.interval.ms': 500,
    'controlled.shutdown.enable': false,
    ...(ports.secure ? saslProperties() : {}),
    ...(key ? tlsProperties(key) : {}),
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function saslProperties(): Record<string, string> {
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const of = (listener: string) => ({
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`listener.name.${listener}.plain.sasl.jaas.config`]: plain,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: scram,
  })
  return { ...of('login'), ...of('tls') }
}

function tlsProperties({ store, password }: BrokerKey): Record<string, string> {
  return {
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': store,
    'ssl.keystore.password': password,
    'ssl.key.password': password,
  }
}
