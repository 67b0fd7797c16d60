import type { Intake } from '../ports/intake.ts'
import type { Metrics } from '../ports/metrics.ts'

/** The same intake, with every delivery counted and the bodies that are being read. */
export function measuredIntake(intake: Intake, metrics: Metrics): Intake {
  let reading = 0
  const count = (change: number): void => {
    reading += change
    metrics.readingBodies(reading)
  }
  return {
    async receive(kind, bytes, source, progress) {
      count(1)
      try {
        const delivered = await intake.receive(kind, bytes, source, progress)
        metrics.delivered(delivered.receipt)
        return delivered
      } finally {
        count(-1)
      }
    },
    forget: () => intake.forget(),
    async retry(kind, source, records) {
      const receipt = await intake.retry(kind, source, records)
      metrics.delivered(receipt)
      return receipt
    },
    async receiveRanges(kind, ranges) {
      const receipts = await intake.receiveRanges(kind, ranges)
      for (const receipt of receipts ?? []) metrics.delivered(receipt)
      return receipts
    },
  }
}
