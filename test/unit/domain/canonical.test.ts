import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, contentDigest } from '../../../src/domain/canonical.ts'

test('keys in UTF-16 order, no white space, numbers as ECMAScript writes them', () => {
  // The key order example of RFC 8785, section 3.2.3.
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 }
  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
  )
  expect(canonicalJson([1e26, 0.1, -0, undefined, null])).toBe('[1e+26,0.1,0,null,null]')
})

test('agrees with an independent implementation of RFC 8785', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(canonicalJson(value as never)).toBe(canonicalize(value))
    }),
  )
})

test('refuses what JSON cannot say and mends lone surrogates', () => {
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError)
  expect(canonicalJson('a\ud800')).toBe('"a\ufffd"')
})

test('equal content has one digest whatever the order of keys', () => {
  expect(contentDigest({ a: 1, b: [2] })).toBe(contentDigest({ b: [2], a: 1 }))
  // echo -n '{"a":1}' | sha256sum
  expect(contentDigest({ a: 1 })).toBe(
    '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
  )
})
