import type { TrainingRunReport } from '../../domain/report/report.ts'
import { printable } from './markup.ts'

/**
 * Text for paper. The embedded font has Latin, Greek, Cyrillic, Armenian and Georgian; a name in
 * another script is printed by its Latin form with a pointer to the HTML, never as empty boxes.
 */

export const ELSEWHERE = '(original script in report.html)'

/** Ranges that DejaVu Sans draws without shaping; a test checks them against the font. */
const DRAWN = String.raw`\u0020-\u007e\u00a0-\u02e9\u0300-\u034f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0525\u0531-\u0556\u0561-\u0587\u10d0-\u10fc\u1e00-\u1efb\u2010-\u2027\u2030-\u205e\u2070\u2074-\u208e\u20a0-\u20b5\u2190-\u21ff\u2200-\u22ff`
const FOREIGN_RUN = new RegExp(`[^${DRAWN}\\n]+`, 'gu')

export function isDrawn(text: string): boolean {
  return text.search(FOREIGN_RUN) === -1
}

export type PaperText = (text: string) => string

/** Knows the persons of a report, so that their names keep meaning something on paper. */
export function createPaperText({ persons }: Pick<TrainingRunReport, 'persons'>): PaperText {
  const aliases = new Map<string, string>()
  for (const { party_id, name, other_names } of persons) {
    const names = [name, ...other_names.map(other => other.name)].filter(one => one !== null)
    const alias = names.find(isDrawn) ?? party_id
    for (const one of names) if (!isDrawn(one)) aliases.set(one, `${alias} ${ELSEWHERE}`)
  }
  // Longest first: a name may be part of another.
  const known = [...aliases].sort(([a], [b]) => b.length - a.length)
  return text => {
    const clean = printable(text.replaceAll('\n', '\u2028')).replaceAll('\u2028', '\n')
    const named = known.reduce((line, [name, alias]) => line.replaceAll(name, alias), clean)
    return named.replace(FOREIGN_RUN, run => (run.trim() === '' ? ' ' : ELSEWHERE))
  }
}
