import { expect, test } from 'vitest'
import { determine, identityHash } from '../../../../src/domain/identity/determination.ts'
import { identityAsOf, type StoredStatement } from '../../../../src/domain/identity/history.ts'
import { parseInstant } from '../../../../src/domain/window.ts'
import {
  account,
  history,
  owns,
  POLICY,
  party,
  person,
  usEntity,
  VERIFIED,
} from '../../../support/identity.ts'

const at = (text: string) => parseInstant(text) ?? 0

function decide(statements: StoredStatement[], use = '2026-03-01', known = '2026-06-01') {
  return determine(['t'], identityAsOf(history(...statements), at(use), at(known)), POLICY)
}

test('a US customer whose owners are all US persons is domestic', () => {
  const found = decide([
    account('t', 'us'),
    usEntity('us'),
    owns('ann', 'us', 1),
    person('ann', 'US'),
  ])
  expect(found).toMatchObject({ status: 'domestic', basis: 'FP-4' })
})

test('a US shell that a foreign company owns to 60 % is foreign by its beneficial owner', () => {
  const found = decide([
    account('t', 'shell'),
    usEntity('shell'),
    owns('parent', 'shell', 0.6),
    owns('bob', 'shell', 0.4),
    party('parent', { organised_in: 'SG' }),
    person('bob', 'US'),
  ])
  expect(found).toMatchObject({ status: 'foreign', basis: 'BO-1' })
  expect(found.reason).toContain('foreign beneficial owner')
  const [tenant] = found.tenants
  expect(tenant?.customer).toMatchObject({ status: 'domestic', basis: 'FP-4' })
  expect(tenant?.owners).toMatchObject([
    { party_id: 'parent', status: 'foreign', share: 0.6, chains: [['parent', 'shell']] },
    { party_id: 'bob', status: 'domestic' },
  ])
})

test.each([
  [0.25, 'foreign'],
  [0.2499, 'domestic'],
])('a foreign owner of %d makes the answer %s', (share, status) => {
  const found = decide([
    account('t', 'us'),
    usEntity('us'),
    owns('li', 'us', share),
    person('li', 'CN'),
  ])
  expect(found.status).toBe(status)
})

test('owners that nobody recorded leave the answer open: 25 % could be anybody', () => {
  const base = [account('t', 'us'), owns('ann', 'us', 0.75), person('ann', 'US')]
  const silent = usEntity('us', { owners_complete: null })
  expect(decide([...base, silent])).toMatchObject({ status: 'unknown', basis: 'BO-2' })
  const enough = [account('t', 'us'), owns('ann', 'us', 0.76), person('ann', 'US'), silent]
  expect(decide(enough)).toMatchObject({ status: 'domestic' })
})

test('a holding company with unknown owners hides them as well', () => {
  const found = decide([
    account('t', 'us'),
    usEntity('us'),
    owns('holding', 'us', 1),
    usEntity('holding', { owners_complete: null }),
  ])
  expect(found).toMatchObject({ status: 'unknown', basis: 'BO-2' })
  expect(found.reason).toContain('HOLDING')
})

test('nobody behind the reseller is known: unknown, and the chain is kept', () => {
  const resellers = [party('resale', { organised_in: 'AE' }), party('sub', { organised_in: 'KZ' })]
  const opaque = decide([account('t', null, { reseller_path: ['resale', 'sub'] }), ...resellers])
  expect(opaque).toMatchObject({ status: 'unknown', basis: 'RS-1' })
  expect(opaque.tenants[0]?.resellers.map(found => found.party_id)).toEqual(['resale', 'sub'])
  const itself = decide([account('t', 'us', { reseller_path: ['us'] }), usEntity('us')])
  expect(itself).toMatchObject({ status: 'unknown', basis: 'RS-1' })
})

test('a foreign payer of a US customer leaves open on whose behalf it is', () => {
  const found = decide([
    account('t', 'us', { payer_party_id: 'payer' }),
    usEntity('us'),
    party('payer', { organised_in: 'CY' }),
  ])
  expect(found).toMatchObject({ status: 'unknown', basis: 'OB-1' })
})

test.each([
  ['an unattributed tenant', ''],
  ['a tenant without account', 't'],
])('%s is unknown, never domestic', (_, tenant) => {
  const view = identityAsOf(history(), at('2026-03-01'), at('2026-06-01'))
  expect(determine([tenant], view, POLICY)).toMatchObject({ status: 'unknown', basis: 'FP-7' })
})

test('one foreign tenant makes the whole finding foreign, one unknown makes it unknown', () => {
  const view = () =>
    identityAsOf(
      history(
        account('us', 'a'),
        usEntity('a'),
        account('abroad', 'b'),
        party('b', { organised_in: 'FR' }),
      ),
      at('2026-03-01'),
      at('2026-06-01'),
    )
  expect(determine(['us', 'abroad'], view(), POLICY).status).toBe('foreign')
  expect(determine(['us', 'nobody'], view(), POLICY).status).toBe('unknown')
  expect(determine(['us'], view(), POLICY).status).toBe('domestic')
})

test('identity counts as of the time of use, and only what was known', () => {
  const statements = [
    account('t', 'us'),
    usEntity('us'),
    // Sold to a foreign company in April; recorded only in June.
    owns('parent', 'us', 0.6, {}, { from: '2026-04-01', known: '2026-06-15' }),
    party('parent', { organised_in: 'SG' }),
  ]
  expect(decide(statements, '2026-03-31', '2026-07-01').status).toBe('domestic')
  expect(decide(statements, '2026-04-01', '2026-06-14').status).toBe('domestic')
  const late = decide(statements, '2026-04-01', '2026-06-15')
  expect(late.status).toBe('foreign')
  expect(identityHash(late)).not.toBe(identityHash(decide(statements, '2026-04-01', '2026-06-14')))
})

test('a later recording of the same statement corrects it, back to where it began', () => {
  const statements = [
    account('t', 'x'),
    party(
      'x',
      { ...VERIFIED, organised_in: 'US-NV', owners_complete: true },
      { from: '2026-01-01' },
    ),
    party('x', { organised_in: 'HK' }, { from: '2026-01-01', known: '2026-05-01' }),
  ]
  expect(decide(statements, '2026-02-01', '2026-04-30').status).toBe('domestic')
  expect(decide(statements, '2026-02-01', '2026-05-01').status).toBe('foreign')
})
