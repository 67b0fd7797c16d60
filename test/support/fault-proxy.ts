import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A network that fails on command: a TCP proxy on loopback between a client and a server. Faults
 * hold until `heal`; what a half-open connection held back is not delivered afterwards.
 */
export interface FaultProxy {
  readonly port: number
  /** Where new connections lead. */
  forwardTo(port: number): void
  /** Cuts every open connection with a reset; new ones are let through. */
  reset(): void
  /** New connections are cut as soon as they are made; open ones live on. */
  refuse(): void
  /** Open and new connections stay open, and nothing passes either way. */
  halfOpen(): void
  /** Each piece of data passes only after so long, either way. */
  delay(ms: number): void
  /** Ends every fault. Connections that were half-open are reset: they lost bytes. */
  heal(): void
  close(): Promise<void>
}

interface Link {
  readonly near: Socket
  readonly far: Socket
  /** Bytes of it were swallowed. */
  broken: boolean
}

export async function openFaultProxy(): Promise<FaultProxy> {
  const links = new Set<Link>()
  let target = 0
  let fault: 'none' | 'refuse' | 'half-open' = 'none'
  let delay_ms = 0

  const server = createServer(near => {
    if (fault === 'refuse') {
      near.resetAndDestroy()
      return
    }
    const link: Link = { near, far: connect(target, '127.0.0.1'), broken: false }
    links.add(link)
    const drop = () => {
      links.delete(link)
      near.destroy()
      link.far.destroy()
    }
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes: Buffer) => {
        if (fault === 'half-open') link.broken = true
        // Once bytes are missing, later ones would be read as something else.
        if (link.broken) return
        if (delay_ms === 0) to.write(bytes)
        else setTimeout(() => to.write(bytes), delay_ms)
      })
      from.on('error', drop)
      from.on('close', () => fault !== 'half-open' && drop())
    }
    pass(near, link.far)
    pass(link.far, near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const cut = (which: (link: Link) => boolean) => {
    for (const link of [...links].filter(which)) {
      links.delete(link)
      link.near.resetAndDestroy()
      link.far.resetAndDestroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo: port => {
      target = port
    },
    reset: () => cut(() => true),
    refuse: () => {
      fault = 'refuse'
    },
    halfOpen: () => {
      fault = 'half-open'
    },
    delay: ms => {
      delay_ms = ms
    },
    heal: () => {
      fault = 'none'
      delay_ms = 0
      cut(link => link.broken || link.near.destroyed || link.far.destroyed)
    },
    close: async () => {
      cut(() => true)
      server.close()
      await once(server, 'close')
    },
  }
}
