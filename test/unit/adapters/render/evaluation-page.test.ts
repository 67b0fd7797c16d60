import { expect, test } from 'vitest'
import {
  renderEvaluation,
  uncertaintyText,
  valueText,
} from '../../../../src/adapters/render/evaluation-page.ts'
import type { Figure } from '../../../../src/domain/evaluation.ts'

const FIGURE: Figure = {
  name: 'F1',
  value: 0.98765,
  unit: 'share',
  uncertainty: { lo: 0.97654, hi: 1, method: 'wilson' },
  n: 40,
  bar: { kind: 'at_least', value: 0.95 },
  met: true,
}

test.each([
  ['a share below one', { value: 0.98765, unit: 'share' }, '0.988'],
  ['an error', { value: 0.0303, unit: 'dex' }, '0.030 dex'],
  ['a time above one', { value: 1.2345, unit: 's' }, '1.23 s'],
  ['a count', { value: 17, unit: 'count' }, '17'],
  ['a mean of counts', { value: 434.9175, unit: 'count' }, '434.9'],
  ['what could not be measured', { value: Number.NaN, unit: 'share' }, 'none'],
] as const)('%s', (_, figure, text) => {
  expect(valueText(figure)).toBe(text)
})

test('an interval is told in the digits of its figure, without its unit', () => {
  expect(uncertaintyText(FIGURE)).toBe('0.977 – 1')
  const uncertainty = { lo: 432.7595, hi: 436.84, method: 'bootstrap' } as const
  const counted = { ...FIGURE, unit: 'count', uncertainty } as const
  expect(uncertaintyText(counted)).toBe('432.8 – 436.8')
  expect(uncertaintyText({ ...FIGURE, uncertainty: null })).toBe('')
})

test.each([
  [[], 'every bar is reached'],
  [[false], '1 bar is missed'],
  [[false, true, false], '2 bars are missed'],
])('the page says of %j: %s', (met, status) => {
  const figures = met.map(one => ({ ...FIGURE, met: one }))
  const section = { id: 's', title: 'S', skipped: null, figures, plots: [], notes: [] }
  const report = { seed: 1, quick: false, catalogue: 'ref', sections: [section] }
  expect(renderEvaluation(report)).toContain(`>${status}<`)
})
