import { html } from '../html.ts'
import type { PageText } from '../layout.ts'
import { head } from '../parts.ts'

/** What a reader sees instead of a page, with the same code and remedy as the interface gives. */
export function problemText(problem: {
  readonly error: string
  readonly message: string
  readonly remedy?: string
}): PageText {
  const body = html`${head('This page cannot be shown', problem.message)}
<section><p>${problem.remedy}</p><p class="soft">Code <code>${problem.error}</code> · <a href="/">Overview</a></p></section>`
  return { title: 'Cannot be shown', section: '', body }
}
