import type { Manners } from '../traffic.ts'
import type { FaultKind } from './kind.ts'

/** Senders that misbehave more than they always do. */
export const senderFaults: readonly FaultKind[] = [
  misbehaving('senders repeat', { repeat: 0.5, recut: 0.3 }),
  misbehaving('senders out of order', { delay: 0.9 }),
  misbehaving('senders contradict', { revise: 0.3, contradict: 0.3 }),
  misbehaving('poison', { poison: 0.5 }),
]

function misbehaving(name: string, manners: Partial<Manners>): FaultKind {
  return {
    name,
    target: 'senders',
    hold_s: [2, 5],
    async inject({ sender: { traffic } }) {
      const before = { ...traffic.manners }
      Object.assign(traffic.manners, manners)
      return async () => {
        Object.assign(traffic.manners, before)
      }
    },
  }
}
