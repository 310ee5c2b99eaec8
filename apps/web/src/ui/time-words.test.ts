import { expect, test } from 'vitest'
import { absoluteTime, durationInWords, relativeTime, secondsInWords, shortTime, timeSeenFrom } from './time-words.ts'

const now = new Date('2026-02-03T12:00:00Z')
const after = (seconds: number) => relativeTime(new Date(now.getTime() + seconds * 1000), now, 'en')

test('moments are told by the distance that people would name', () => {
  expect([10, 300, -3600, 5 * 3600, 30 * 3600, -9 * 86_400, 60 * 86_400, 800 * 86_400].map(after)).toEqual([
    'now',
    'in 5 minutes',
    '1 hour ago',
    'in 5 hours',
    'tomorrow',
    '9 days ago',
    'in 2 months',
    'in 2 years'
  ])
  expect(relativeTime(new Date(now.getTime() + 7_200_000), now, 'ar')).toContain('ساعت')
})

test('the full date is in the given zone and says so', () => {
  expect(absoluteTime(now, 'en-GB', 'Europe/Madrid')).toMatch(/^Tuesday,? 3 February 2026 at 13:00 CET$/)
  expect(shortTime(now, 'en-GB', 'Asia/Kolkata')).toBe('3 Feb 2026, 17:30')
})

test('the day is told where it is another one', () => {
  const at = (iso: string) => timeSeenFrom(now, new Date(iso), 'en-GB', 'Asia/Kolkata')
  expect(at('2026-02-03T18:29:00Z')).toBe('23:59')
  expect(at('2026-02-03T18:30:00Z')).toBe('4 Feb 2026, 00:00')
})

test('waiting is rounded up', () => {
  expect(secondsInWords(30, 'en')).toBe('30 seconds')
  expect(secondsInWords(61, 'en')).toBe('2 minutes')
  expect(secondsInWords(3601, 'en')).toBe('2 hours')
})

test('what something took is said in the unit that fits', () => {
  expect([40, 95, 5400].map((seconds) => durationInWords(seconds, 'en'))).toEqual(['40 sec', '2 min', '1.5 hr'])
})
