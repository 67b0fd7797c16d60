import type { Regime } from '../domain/regime.ts'
import { type Content, type Html, html, toText } from './html.ts'
import { BASE_STYLE } from './style/base.ts'
import { PARTS_STYLE } from './style/parts.ts'
import { PLOTS_STYLE } from './style/plots.ts'

/** The frame of every page: navigation, and whether the law that it measures by is one. */

export const STYLE_SHEET = [BASE_STYLE, PARTS_STYLE, PLOTS_STYLE].join('')
export const STYLE_PATH = '/console.css'

export interface PageText {
  readonly title: string
  /** Path of the navigation entry that the page belongs to. */
  readonly section: string
  readonly body: Content
}

const SECTIONS = [
  ['/', 'Overview'],
  ['/cases', 'Cases'],
  ['/findings', 'Findings'],
  ['/runs', 'Runs'],
  ['/tenants', 'Tenants'],
  ['/detectors', 'Detectors'],
  ['/coverage', 'Data quality'],
  ['/openapi.json', 'API'],
] as const

export function layout({ title, section, body }: PageText, regime: Regime): string {
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Flopwatch</title>
<link rel="stylesheet" href="${STYLE_PATH}">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<div class="top"><div><a class="brand" href="/">Flopwatch</a>
<nav aria-label="Pages">${SECTIONS.map(
    ([path, name]) =>
      html`<a href="${path}"${path === section && html` aria-current="page"`}>${name}</a>`,
  )}</nav></div></div>
${regimeBanner(regime)}
${HATCHES}
<main id="main">
${body}
</main>
<footer>Estimates are 90 % intervals of integer or floating-point operations; one multiply-add counts two. All times are UTC.</footer>
</body>
</html>
`
  return `<!doctype html>\n${toText(page)}`
}

/** The status comes first and whole on every page, as it does on every page of a report. */
function regimeBanner(regime: Regime): Html {
  const status = regime.legal_force ? 'In force' : STATUS_WORDS[regime.status]
  return html`<div class="regime${regime.legal_force && ' force'}" role="note"><p>
<strong>${status}</strong> ${stripped(regime.banner)} <span class="id">${regime.id} v${regime.version}</span></p></div>`
}

const STATUS_WORDS: Record<Regime['status'], string> = {
  proposed: 'PROPOSED – NOT IN FORCE.',
  in_force: 'In force.',
  enacted_not_effective: 'ENACTED – NOT YET EFFECTIVE.',
  revoked: 'REVOKED – NOT IN FORCE.',
}

/** A banner often opens with the status that is already printed before it. */
function stripped(banner: string): string {
  return banner.replace(/^[A-Z][A-Z ]+ ?[-–—] ?[A-Z ]*NOT[A-Z ]+\.\s*/, '')
}

/** Patterns that the drawings of a page share. */
const HATCHES = html`<svg class="defs" aria-hidden="true"><defs>
<pattern id="hatch-dark" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M-1 1l2-2M0 6l6-6M5 7l2-2"/></pattern>
<pattern id="hatch-potential" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M-1 5l2 2M0 0l6 6M5-1l2 2"/></pattern>
</defs></svg>`
