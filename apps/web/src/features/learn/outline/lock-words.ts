import type { CompletionRule, LockReason } from '@lyceum/course/contract'
import type { TFunction } from 'i18next'
import { shortTime } from '../../../ui/time-words.ts'
import { durationInWords, percentInWords } from './duration-words.ts'

export interface Reader {
  readonly t: TFunction<'learn'>
  readonly locale: string
  /** IANA name; undefined means the device's own. */
  readonly timeZone: string | undefined
}

/** Why something cannot be opened yet, in one plain sentence. */
export function lockWords(reason: LockReason, { t, locale, timeZone }: Reader): string {
  const when = (at: string) => shortTime(new Date(at), locale, timeZone)
  switch (reason.code) {
    case 'opens-at':
      return t('lock.opensAt', { when: when(reason.at) })
    case 'unit-opens-at':
      return t('lock.unitOpensAt', { when: when(reason.at), unit: reason.unitTitle })
    case 'course-starts-at':
      return t('lock.courseStartsAt', { when: when(reason.at) })
    case 'course-ended-at':
      return t('lock.courseEndedAt', { when: when(reason.at) })
    case 'requires-item':
      return itemWords(reason.itemTitle, reason.completion, t, locale)
    case 'requires-unit':
      return t('lock.requiresUnit', { unit: reason.unitTitle, count: reason.remaining })
  }
}

function itemWords(item: string, rule: CompletionRule, t: TFunction<'learn'>, locale: string): string {
  switch (rule.kind) {
    case 'open':
      return t('lock.requiresOpening', { item })
    case 'time':
      return t('lock.requiresTime', { item, time: durationInWords(rule.seconds, locale) })
    case 'watched':
      return t('lock.requiresWatching', { item, percent: percentInWords(rule.percent, locale) })
    case 'done':
      return t('lock.requiresDone', { item })
    case 'none':
      return t('lock.requiresItem', { item })
  }
}

/** What completes an item; `undefined` where nothing is asked for. */
export function completionWords(rule: CompletionRule, { t, locale }: Reader): string | undefined {
  switch (rule.kind) {
    case 'open':
      return t('completion.open')
    case 'time':
      return t('completion.time', { time: durationInWords(rule.seconds, locale) })
    case 'watched':
      return t('completion.watched', { percent: percentInWords(rule.percent, locale) })
    case 'done':
      return t('completion.done')
    case 'none':
      return undefined
  }
}
