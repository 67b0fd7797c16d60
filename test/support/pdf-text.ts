import { inflateSync } from 'node:zlib'

/**
 * Reads the text of a PDF page by page: enough of the format for documents of our own making
 * (uncompressed object headers, Flate streams, Type 0 fonts with ToUnicode maps).
 */
export function pdfPages(bytes: Uint8Array): string[] {
  const objects = readObjects(Buffer.from(bytes))
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b/.test(head))
  return pages.map(page => {
    const content = refs(page.head, 'Contents').map(id => objects.get(id)?.stream ?? '')
    const [resources] = refs(page.head, 'Resources')
    const fonts = fontMaps(objects.get(resources ?? -1)?.head ?? page.head, objects)
    return decode(content.join('\n'), fonts)
  })
}

interface PdfObject {
  readonly head: string
  readonly stream: string
}

function readObjects(file: Buffer): Map<number, PdfObject> {
  const text = file.toString('latin1')
  const objects = new Map<number, PdfObject>()
  for (const found of text.matchAll(/(\d+) 0 obj\n/g)) {
    const start = (found.index ?? 0) + found[0].length
    const end = text.indexOf('endobj', start)
    const body = text.slice(start, end)
    const at = body.indexOf('stream\n')
    const head = at === -1 ? body : body.slice(0, at)
    const length = Number(/\/Length (\d+)/.exec(head)?.[1] ?? 0)
    const from = start + at + 'stream\n'.length
    const raw = at === -1 ? Buffer.alloc(0) : file.subarray(from, from + length)
    const plain = /FlateDecode/.test(head) ? inflateSync(raw) : raw
    objects.set(Number(found[1]), { head, stream: plain.toString('latin1') })
  }
  return objects
}

function refs(head: string, key: string): number[] {
  const found = new RegExp(`/${key} (?:\\[([^\\]]*)\\]|(\\d+) 0 R)`).exec(head)
  if (!found) return []
  const list = found[1] ?? `${found[2]} 0 R`
  return [...list.matchAll(/(\d+) 0 R/g)].map(match => Number(match[1]))
}

type FontMap = ReadonlyMap<number, string>

function fontMaps(head: string, objects: Map<number, PdfObject>): Map<string, FontMap> {
  const block = /\/Font <<([^>]*)>>/.exec(head)?.[1] ?? ''
  const maps = new Map<string, FontMap>()
  for (const [, name, id] of block.matchAll(/\/(\w+) (\d+) 0 R/g)) {
    const [map] = refs(objects.get(Number(id))?.head ?? '', 'ToUnicode')
    maps.set(name ?? '', unicodeMap(objects.get(map ?? -1)?.stream ?? ''))
  }
  return maps
}

function unicodeMap(cmap: string): FontMap {
  const map = new Map<number, string>()
  for (const [, block = ''] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const found of block.matchAll(/<(\w+)> <(\w+)> \[([^\]]*)\]/g)) {
      const first = Number.parseInt(found[1] ?? '0', 16)
      const values = [...(found[3] ?? '').matchAll(/<([\w ]+)>/g)]
      for (const [at, value] of values.entries()) map.set(first + at, utf16(value[1] ?? ''))
    }
  }
  return map
}

function utf16(hex: string): string {
  const units = hex.replaceAll(' ', '').match(/.{4}/g) ?? []
  return String.fromCharCode(...units.map(unit => Number.parseInt(unit, 16)))
}

/** Lines of text in drawing order; glyphs that no map knows show as U+FFFD. */
function decode(content: string, fonts: Map<string, FontMap>): string {
  let font: FontMap = new Map()
  const lines: string[] = []
  for (const found of content.matchAll(/\/(\w+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (found[1] !== undefined) font = fonts.get(found[1]) ?? new Map()
    if (found[2] === undefined) continue
    const hex = [...found[2].matchAll(/<(\w+)>/g)].map(match => match[1] ?? '').join('')
    const codes = hex.match(/.{4}/g) ?? []
    lines.push(codes.map(code => font.get(Number.parseInt(code, 16)) ?? '\ufffd').join(''))
  }
  return lines.join('\n')
}
