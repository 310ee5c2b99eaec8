import type { CompletionRule } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import { secondsInWords } from '../../../ui/time-words.ts'

/** What completes an item, as a sentence. */
export function useCompletionWords(): (rule: CompletionRule) => string {
  const { t, i18n } = useTranslation('teach')
  return (rule) => {
    if (rule.kind === 'time') return t('completion.time', { time: secondsInWords(rule.seconds, i18n.language) })
    if (rule.kind === 'watched')
      return t('completion.watched', {
        percent: new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(rule.percent / 100)
      })
    return t(`completion.${rule.kind}`)
  }
}
