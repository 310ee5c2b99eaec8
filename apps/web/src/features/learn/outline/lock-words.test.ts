import type { LockReason } from '@lyceum/course/contract'
import i18next, { type TFunction } from 'i18next'
import { expect, test } from 'vitest'
import ar from '../../../locale/ar/learn.json' with { type: 'json' }
import en from '../../../locale/en/learn.json' with { type: 'json' }
import { durationInWords, spentOf } from './duration-words.ts'
import { completionWords, lockWords, type Reader } from './lock-words.ts'

async function readerOf(locale: 'en' | 'ar', timeZone = 'Europe/Berlin'): Promise<Reader> {
  const i18n = i18next.createInstance()
  await i18n.init({ lng: locale, resources: { en: { learn: en }, ar: { learn: ar } }, defaultNS: 'learn' })
  const t: TFunction<'learn'> = i18n.getFixedT(locale, 'learn')
  return { t, locale, timeZone }
}

const id = '01890000-0000-7000-8000-000000000000'
const at = '2026-02-03T23:30:00.000Z'

const reasons: readonly LockReason[] = [
  { code: 'opens-at', at },
  { code: 'unit-opens-at', at, unitTitle: 'Lessons' },
  { code: 'course-starts-at', at },
  { code: 'course-ended-at', at },
  { code: 'requires-item', itemId: id, itemTitle: 'Tracking Changes', completion: { kind: 'done' } },
  { code: 'requires-item', itemId: id, itemTitle: 'Tracking Changes', completion: { kind: 'open' } },
  { code: 'requires-item', itemId: id, itemTitle: 'Tracking Changes', completion: { kind: 'time', seconds: 300 } },
  { code: 'requires-item', itemId: id, itemTitle: 'Tracking Changes', completion: { kind: 'watched', percent: 90 } },
  { code: 'requires-item', itemId: id, itemTitle: 'Tracking Changes', completion: { kind: 'none' } },
  { code: 'requires-unit', unitId: id, unitTitle: 'Lessons', remaining: 1 },
  { code: 'requires-unit', unitId: id, unitTitle: 'Lessons', remaining: 3 }
]

test('every reason is one plain sentence, in the zone of the reader', async () => {
  const reader = await readerOf('en')
  expect(reasons.map((reason) => lockWords(reason, reader).replaceAll('\u202f', ' '))).toEqual([
    'Opens on Feb 4, 2026, 12:30 AM.',
    'The unit “Lessons” opens on Feb 4, 2026, 12:30 AM.',
    'The course starts on Feb 4, 2026, 12:30 AM.',
    'The course ended on Feb 4, 2026, 12:30 AM.',
    'Opens when you have finished “Tracking Changes” (mark it as done).',
    'Opens when you have finished “Tracking Changes” (open it).',
    'Opens when you have finished “Tracking Changes” (spend 5 min in it).',
    'Opens when you have finished “Tracking Changes” (watch 90% of it).',
    'Opens when you have finished “Tracking Changes”.',
    'Opens when you have finished the unit “Lessons” (1 item left).',
    'Opens when you have finished the unit “Lessons” (3 items left).'
  ])
})

test('the day is that of the reader, not of the school', async () => {
  const reader = await readerOf('en', 'America/New_York')
  expect(lockWords({ code: 'opens-at', at }, reader)).toContain('Feb 3')
})

test('Arabic has words for every reason and rule', async () => {
  const reader = await readerOf('ar')
  const sentences = [
    ...reasons.map((reason) => lockWords(reason, reader)),
    completionWords({ kind: 'time', seconds: 300 }, reader)
  ]
  for (const sentence of sentences) {
    expect(sentence).toMatch(/\p{Script=Arabic}/u)
    expect(sentence).not.toMatch(/[{}]|lock\.|completion\./)
  }
  expect(new Set(sentences).size).toBe(sentences.length)
})

test('nothing is said where nothing is asked for', async () => {
  expect(completionWords({ kind: 'none' }, await readerOf('en'))).toBeUndefined()
})

test('durations in the words of a clock', () => {
  expect(durationInWords(20, 'en')).toBe('20 sec')
  expect(durationInWords(300, 'en')).toBe('5 min')
  expect(durationInWords(4800, 'en')).toBe('1 hr 20 min')
  expect(durationInWords(7200, 'en')).toBe('2 hr')
})

test('time spent and time asked for are told in one unit, and never more than asked', () => {
  expect(spentOf(130, 300)).toEqual({ unit: 'minutes', spent: 2, goal: 5 })
  expect(spentOf(900, 300)).toEqual({ unit: 'minutes', spent: 5, goal: 5 })
  expect(spentOf(12, 90)).toEqual({ unit: 'seconds', spent: 12, goal: 90 })
})
