import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A key of the broker for 127.0.0.1, made for one test run, and the certificate to trust. */
export interface BrokerKey {
  readonly store: string
  readonly password: string
  readonly certificate: string
}

export function makeBrokerKey(folder: string): BrokerKey {
  const [store, certificate] = [join(folder, 'broker.p12'), join(folder, 'broker.pem')]
  const password = 'broker-key'
  const common = ['-alias', 'broker', '-keystore', store, '-storepass', password]
  const name = ['-dname', 'CN=127.0.0.1', '-ext', 'SAN=IP:127.0.0.1,DNS:localhost']
  const kind = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '2']
  const quiet = { stdio: 'ignore' } as const
  execFileSync(
    'keytool',
    ['-genkeypair', ...common, ...name, ...kind, '-storetype', 'PKCS12'],
    quiet,
  )
  execFileSync('keytool', ['-exportcert', '-rfc', ...common, '-file', certificate], quiet)
  return { store, password, certificate }
}
