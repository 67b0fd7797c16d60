import { type Case, isReported } from '../../domain/case/case.ts'
import { type ColourRule, dueColour } from '../../domain/case/case-summary.ts'
import type { Deadline } from '../../domain/filing-clock.ts'
import type { Instant } from '../../domain/window.ts'
import { day, untilDue } from '../format.ts'
import { type Html, html } from '../html.ts'

/** The clocks of a case side by side; one that does not run says what would start it. */
export function caseClocks(current: Case, now: Instant, colours: ColourRule): Html {
  const { clocks, transaction } = current
  const reported = isReported(current)
  /** The clocks to the first report stand still once it is made. */
  const first = (name: string, deadline: Deadline | null, idle: string) =>
    reported && deadline !== null
      ? html`<div class="clock"><span>${name}</span><b>stopped</b><span>due ${deadline.due_date}; the report is filed</span></div>`
      : clock(name, deadline, idle)
  const clock = (name: string, deadline: Deadline | null, idle: string) => {
    const colour = dueColour(deadline?.due_at ?? null, now, colours)
    return deadline === null
      ? idle !== '' &&
          html`<div class="clock"><span>${name}</span><b>not running</b><span>${idle}</span></div>`
      : html`<div class="clock ${colour}"><span>${name}</span><b>${deadline.due_date}</b>
<span>${untilDue(deadline.due_at, now)}; ${deadline.clock_id}, ${deadline.days} calendar days from ${day(deadline.trigger_at)}, ${deadline.time_zone}</span></div>`
  }
  return html`<div class="clocks">
${first('From the transaction', clocks.from_transaction, '')}
${first('From knowledge', clocks.from_knowledge, 'starts when a person, or a reseller, confirms it')}
${clock('Correction', clocks.correction, '')}
${clock('Answer to a request', clocks.follow_up, '')}
</div><p class="soft">Transaction: ${transaction.evidence} (${transaction.basis.replaceAll('_', ' ')}). The earlier clock counts.</p>`
}
