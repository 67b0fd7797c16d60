/** The look of a report on screen and on paper; self-contained, no request leaves the page. */

/** `status` is repeated in the margin of every printed page. */
export function reportStyle(status: string, reportId: string): string {
  return `
:root { color-scheme: light; --ink: #1a1f26; --soft: #5a6572; --rule: #d4dae1; --wash: #f4f6f8;
  --warn: #7a2e00; --warn-wash: #fff1e6; --line: #1f5fa8; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; color: var(--ink); background: #fff;
  font: 15px/1.5 "DejaVu Sans", "Segoe UI", "Noto Sans", system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem;
  border-bottom: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
.status { padding: .6rem .9rem; border: 2px solid var(--warn); color: var(--warn);
  background: var(--warn-wash); font-weight: 700; }
.status.force { --warn: #0b4f2a; --warn-wash: #e9f6ee; }
.soft, caption, dt { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .87em; }
caption { text-align: left; padding: .25rem 0; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--rule); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--wash); overflow-wrap: normal; }
td { min-width: 6ch; }
.whole { overflow-wrap: normal; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.field { border-left: 4px solid var(--rule); padding: .1rem 0 .1rem .8rem; margin: .9rem 0;
  break-inside: avoid; }
.field.no { border-color: var(--warn); }
.field.partly { border-color: #b98a00; }
.field.yes { border-color: #2b7a4b; }
.field p, .told p { margin: .15rem 0; }
.mark { font-size: .8em; color: var(--soft); }
.none { color: var(--soft); }
code, .hash { font-family: "DejaVu Sans Mono", ui-monospace, monospace; font-size: .85em; }
svg { width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--soft); }
svg .grid { stroke: var(--rule); }
svg .band { fill: var(--line); opacity: .15; }
svg polyline { fill: none; stroke: var(--line); stroke-width: 1; stroke-dasharray: 3 3; }
svg polyline.mid { stroke-width: 2.5; stroke-dasharray: none; }
svg line.limit { stroke: var(--warn); stroke-width: 2; stroke-dasharray: 8 4; }
svg text.limit { fill: var(--warn); font-weight: 700; }
a { color: var(--line); }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav { display: none; }
  thead { display: table-header-group; }
  h2, h3 { break-after: avoid; }
}
@page { size: A4; margin: 22mm 15mm 20mm;
  @top-left { content: ${cssText(status)}; font: bold 7.5pt sans-serif; color: #7a2e00; }
  @bottom-left { content: ${cssText(reportId)}; font: 7.5pt sans-serif; }
  @bottom-right { content: "page " counter(page) " of " counter(pages); font: 7.5pt sans-serif; }
}
`
}

/** A CSS string that cannot end the string, the rule or the style element. */
function cssText(text: string): string {
  const safe = text.replace(/[^\p{L}\p{N} .,:;()/-]/gu, ' ')
  return `"${safe}"`
}
