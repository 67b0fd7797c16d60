import { expect, test } from 'vitest'
import { deadline, isTimeZone, localDate } from '../../../src/domain/filing-clock.ts'
import { formatInstant, parseInstant } from '../../../src/domain/window.ts'

const at = (text: string) => parseInstant(text) ?? Number.NaN
const due = (trigger: string, zone: string, days = 15) =>
  deadline({ id: 'DL-1', days }, at(trigger), zone)

test('day 0 is the trigger date, due at the end of day 15', () => {
  const found = due('2026-02-01T09:00:00Z', 'UTC')
  expect(found.due_date).toBe('2026-02-16')
  expect(formatInstant(found.due_at)).toBe('2026-02-16T23:59:59.999Z')
})

test('the date is that of the filing time zone, not of UTC', () => {
  // 03:00 UTC on 1 July is still 30 June in New York (UTC-4): due 15 July, 23:59:59.999 EDT.
  const found = due('2026-07-01T03:00:00Z', 'America/New_York')
  expect(found.due_date).toBe('2026-07-15')
  expect(formatInstant(found.due_at)).toBe('2026-07-16T03:59:59.999Z')
})

test('a change of the clocks between trigger and deadline moves no date', () => {
  // Clocks go forward on 8 March 2026 in the US: 1 March is EST (-5), 16 March is EDT (-4).
  const spring = due('2026-03-01T12:00:00Z', 'America/New_York')
  expect([spring.due_date, formatInstant(spring.due_at)]).toEqual([
    '2026-03-16',
    '2026-03-17T03:59:59.999Z',
  ])
  // And back on 1 November: 25 October is EDT, 9 November is EST.
  const autumn = due('2026-10-25T12:00:00Z', 'America/New_York')
  expect([autumn.due_date, formatInstant(autumn.due_at)]).toEqual([
    '2026-11-09',
    '2026-11-10T04:59:59.999Z',
  ])
})

test('days that end in a change of the clocks end at the last instant that carries the date', () => {
  // Cairo skips midnight on 24 April 2026: 23 April ends at 00:00 EET, 22:00 UTC.
  expect(formatInstant(due('2026-04-08T12:00:00Z', 'Africa/Cairo').due_at)).toBe(
    '2026-04-23T21:59:59.999Z',
  )
  // Cairo repeats 23:00 on 29 October 2026: the date lasts until 00:00 EET, 22:00 UTC.
  expect(formatInstant(due('2026-10-14T12:00:00Z', 'Africa/Cairo').due_at)).toBe(
    '2026-10-29T21:59:59.999Z',
  )
})

test.each([
  ['Pacific/Kiritimati', '2026-01-16T09:59:59.999Z'], // UTC+14
  ['Pacific/Pago_Pago', '2026-01-17T10:59:59.999Z'], // UTC-11
  ['Asia/Kathmandu', '2026-01-16T18:14:59.999Z'], // UTC+5:45
])('%s', (zone, end) => {
  // The same trigger, 1 January 12:00 UTC, is 2 January only in Kiritimati.
  const days = zone === 'Pacific/Kiritimati' ? 14 : 15
  expect(formatInstant(due('2026-01-01T12:00:00Z', zone, days).due_at)).toBe(end)
})

test('leap day and turn of the year', () => {
  expect(due('2028-02-20T00:00:00Z', 'UTC').due_date).toBe('2028-03-06')
  expect(due('2026-12-20T00:00:00Z', 'UTC').due_date).toBe('2027-01-04')
})

test('dates and zones', () => {
  expect(localDate(at('2026-01-01T00:30:00Z'), 'America/Los_Angeles')).toBe('2025-12-31')
  expect(isTimeZone('Europe/Berlin')).toBe(true)
  expect(isTimeZone('Mars/Olympus')).toBe(false)
})
