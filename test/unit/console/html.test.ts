import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, joined, toText } from '../../../src/console/html.ts'

test('values are text, in content and in attributes', () => {
  const page = html`<a title="${'" onclick="x'}">${'<script>'} & ${"it's"}</a>`
  expect(toText(page)).toBe('<a title="&quot; onclick=&quot;x">&lt;script&gt; & it&#39;s</a>')
})

test('templates nest, lists join, and nothing is left out but nothing', () => {
  const list = [1, 2].map(item => html`<li>${item}</li>`)
  expect(toText(html`<ul>${list}${null}${false}${undefined}${0}</ul>`)).toBe(
    '<ul><li>1</li><li>2</li>0</ul>',
  )
  expect(toText(html`${joined(['a', 'b'], html`<br>`)}`)).toBe('a<br>b')
})

test('no text of any kind becomes markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(toText(html`${text}`)).not.toMatch(/[<>"']/)
    }),
  )
})
