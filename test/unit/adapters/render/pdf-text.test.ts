import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createPaperText, ELSEWHERE, isDrawn } from '../../../../src/adapters/render/pdf-text.ts'

/** Code points that a TrueType font maps to a glyph, from format 4 of its table `cmap`. */
function mapped(file: string): Set<number> {
  const path = import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)
  const font = readFileSync(fileURLToPath(path))
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + 16 * index)
  const entry = tables.find(at => font.toString('latin1', at, at + 4) === 'cmap') ?? 0
  const cmap = font.subarray(font.readUInt32BE(entry + 8))
  const subtables = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) =>
    cmap.subarray(cmap.readUInt32BE(4 + 8 * index + 4)),
  )
  const format4 = subtables.find(table => table.readUInt16BE(0) === 4)
  if (!format4) throw new Error(`${file} has no format 4`)
  const found = new Set<number>()
  const size = format4.readUInt16BE(6)
  for (let at = 0; at < size; at += 2) {
    const end = format4.readUInt16BE(14 + at)
    const start = format4.readUInt16BE(16 + size + at)
    for (let code = start; code <= end && code < 0xffff; code++) found.add(code)
  }
  return found
}

test.each(['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'])('%s has all that is drawn', file => {
  const font = mapped(file)
  const missing: string[] = []
  for (let code = 0x20; code < 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    if (isDrawn(String.fromCodePoint(code)) && !font.has(code)) missing.push(code.toString(16))
  }
  expect(missing).toEqual([])
})

test('Latin, Greek and Cyrillic names are drawn as they are', () => {
  const paper = createPaperText({ persons: [] })
  for (const name of [
    'Łukasz Żółć',
    'Αθηνά Παπαδοπούλου',
    'Объединённые вычисления',
    'Nguyễn Văn Ánh',
  ]) {
    expect(paper(name)).toBe(name)
  }
})

test('other scripts become a Latin form and a pointer, controls become visible', () => {
  const persons = [
    {
      party_id: 'p',
      roles: [],
      kind: 'entity' as const,
      name: '远岫',
      other_names: [{ type: 'alias', name: 'Yuanxiu' }],
      status: 'foreign' as const,
      basis: 'FP-6',
      evidence: [],
      organised_in: 'CN',
      headquarters_country: null,
      verification: 'verified',
      holdings: [],
    },
  ]
  const paper = createPaperText({ persons })
  expect(paper('远岫 owns it')).toBe(`Yuanxiu ${ELSEWHERE} owns it`)
  expect(paper('تجربة')).toBe(ELSEWHERE)
  expect(paper('a\nb')).toBe('a\nb')
  expect(paper('a\u202eb')).not.toContain('\u202e')
})
