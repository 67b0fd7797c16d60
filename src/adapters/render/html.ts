import type { ReportField } from '../../domain/report/report.ts'
import type { ReportRenderer } from '../../ports/report-renderer.ts'
import {
  type Block,
  type DocumentSection,
  type ReportDocument,
  reportDocument,
} from './document.ts'
import { timelineSvg } from './html-plot.ts'
import { reportStyle } from './html-style.ts'
import { escapeHtml, htmlList, htmlPairs, htmlSection, htmlTable } from './markup.ts'

/** One self-contained page: no script, no request, readable on screen, on paper and aloud. */
export function createHtmlRenderer(): ReportRenderer {
  const encoder = new TextEncoder()
  return {
    format: 'html',
    media_type: 'text/html; charset=utf-8',
    render: async report => encoder.encode(page(reportDocument(report))),
  }
}

function page(found: ReportDocument): string {
  const { report, status } = found
  const force = found.legal_force ? ' force' : ''
  const links = found.sections.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${found.title} ${report.report_id}`)}</title>
<style>${reportStyle(status, report.report_id)}</style>
</head>
<body>
<p class="status${force}" role="note">${escapeHtml(status)}</p>
<header>
<h1>${escapeHtml(found.title)}</h1>
<p class="soft">${escapeHtml(found.subtitle)}</p>
<p>${escapeHtml(report.regime.banner)}</p>
</header>
<nav aria-label="Sections"><p>${links.join(' · ')}</p></nav>
<main>
${found.sections.map(section => sectionHtml(section, found)).join('\n')}
</main>
<footer>
<p class="status${force}">${escapeHtml(status)}</p>
<p class="soft">${escapeHtml(report.regime.citations.map(({ text, mark }) => `${text} [${mark}]`).join('; '))}</p>
</footer>
</body>
</html>
`
}

function sectionHtml({ id, title, blocks }: DocumentSection, found: ReportDocument): string {
  return htmlSection(id, title, ...blocks.map(block => blockHtml(block, found)))
}

function blockHtml(block: Block, { report }: ReportDocument): string {
  switch (block.kind) {
    case 'text':
      return htmlList(block.lines)
    case 'question':
      return `<h3>${escapeHtml(block.question)}</h3>\n<div class="told">${sentencesHtml(block.sentences)}</div>`
    case 'pairs':
      return htmlPairs(block.pairs)
    case 'table':
      return htmlTable(
        block.caption,
        block.columns.map((column, at) => ({
          title: column.title,
          figure: column.figure ?? false,
          cell: (row: readonly string[]) => row[at] ?? '',
        })),
        block.rows,
      )
    case 'field':
      return fieldHtml(block.field)
    case 'plot':
      return timelineSvg(report) ?? '<p class="none">No usage was metered in the period.</p>'
  }
}

function sentencesHtml(sentences: readonly string[]): string {
  return sentences.map(text => `<p>${escapeHtml(text)}</p>`).join('\n')
}

function fieldHtml(field: ReportField): string {
  const entries = field.entries.map(({ subject, value, source, note }) => {
    const label =
      subject === '' || subject === value
        ? ''
        : `<span class="soft">${escapeHtml(subject)}:</span> `
    const text = value === null ? `<em>${escapeHtml(note)}</em>` : escapeHtml(value)
    const from = value === null || note === '' ? source : `${note}; ${source}`
    return `<p>${label}${text} <span class="mark">(${escapeHtml(from)})</span></p>`
  })
  const rule = `${field.requirement.replaceAll('_', ' ')}; ${field.rule} [${field.mark}]`
  return `<div class="field ${field.known}" id="${escapeHtml(field.id)}">
<h3>${escapeHtml(field.id)} ${escapeHtml(field.title)}</h3>
<p class="mark">${escapeHtml(rule)}</p>
${entries.join('\n')}
</div>`
}
