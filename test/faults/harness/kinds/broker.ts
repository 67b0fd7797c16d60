import type { FaultKind } from './kind.ts'

/** What happens to the broker, and to the network between it and the instances. */
export const brokerFaults: readonly FaultKind[] = [
  {
    name: 'broker restarted',
    target: 'broker',
    hold_s: [0, 5],
    async inject({ kafka }) {
      await kafka.stop()
      return () => kafka.start()
    },
  },
  {
    name: 'broker killed',
    target: 'broker',
    hold_s: [0, 5],
    async inject({ kafka }) {
      await kafka.kill()
      return () => kafka.start()
    },
  },
  {
    name: 'broker link reset',
    target: 'broker link',
    hold_s: [1, 3],
    async inject({ brokerLink }) {
      brokerLink.reset()
      // A second cut meets those who had just come back.
      return async () => brokerLink.reset()
    },
  },
  {
    name: 'broker link refused',
    target: 'broker link',
    hold_s: [1, 8],
    async inject({ brokerLink }) {
      brokerLink.refuse()
      brokerLink.reset()
      return async () => brokerLink.heal()
    },
  },
  {
    name: 'broker link half-open',
    target: 'broker link',
    hold_s: [2, 10],
    async inject({ brokerLink }) {
      brokerLink.halfOpen()
      return async () => brokerLink.heal()
    },
  },
]
