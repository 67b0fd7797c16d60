import { expect, test } from 'vitest'
import { shipped } from '../../support/reference.ts'

const { jurisdictions } = shipped

test.each([
  ['US', 'US'],
  ['usa', 'US'],
  ['U.S.', 'US'],
  ['United States of America', 'US'],
  ['US-DE', 'US'],
  ['CN', 'CN'],
  ["People's Republic of China", 'CN'],
  ['HKG', 'HK'],
  ['Hong Kong SAR', 'HK'],
  ['Côte d’Ivoire', 'CI'],
  ['Cote d’Ivoire', 'CI'],
  ['Korea, Republic of', 'KR'],
  ['antigua and barbuda', 'AG'],
  ['  United   Kingdom ', 'GB'],
  ['UK', 'GB'],
  ['NO', 'NO'],
])('"%s" is %s', (text, code) => {
  expect(jurisdictions.countryOf(text)).toBe(code)
})

test.each(['', 'EU', 'XK', 'ZZ', 'Atlantis', 'Gulf States', '12'])(
  '"%s" is no country and stays unknown',
  text => {
    expect(jurisdictions.countryOf(text)).toBeNull()
  },
)

test('the territories are United States, their neighbours are not', () => {
  expect(['US', 'PR', 'GU', 'VI', 'AS', 'MP', 'UM'].map(jurisdictions.isUnitedStates)).toEqual(
    Array(7).fill(true),
  )
  expect(['VG', 'WS', 'CU', 'FM'].map(jurisdictions.isUnitedStates)).toEqual(Array(4).fill(false))
})

test('a code has an English name', () => {
  expect(jurisdictions.nameOf('AE')).toBe('United Arab Emirates')
})
