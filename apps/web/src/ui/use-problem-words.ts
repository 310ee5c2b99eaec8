import { useTranslation } from 'react-i18next'
import { fieldErrorsOf, problemOf, retryAfterOf } from './problem.ts'
import { secondsInWords } from './time-words.ts'

/** Puts an error in the reader's language where we have words for its code, else in the server's own sentence. */
export function useProblemWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation('problem')
  return (error) => {
    const problem = problemOf(error)
    if (!problem) return t('unexpected')
    const seconds = retryAfterOf(error)
    if (problem.status === 429 && seconds !== undefined)
      return t('throttled', { time: secondsInWords(seconds, i18n.language) })
    // Codes come from the server; whether there are words for one is known only now.
    const key: string = problem.code
    return i18n.exists(key, { ns: 'problem' }) ? i18n.getFixedT(null, 'problem')(key as 'unexpected') : problem.detail
  }
}

/** The faults of single fields in the reader's language, by field name; the server itself speaks English only. */
export function useFieldWords(): (error: unknown) => Record<string, string> {
  const { t, i18n } = useTranslation('problem')
  const words = useProblemWords()
  return (error) => {
    const faults = fieldErrorsOf(error)
    if (i18n.language === 'en') return faults
    const known = i18n.exists(problemOf(error)?.code ?? '', { ns: 'problem' })
    return Object.fromEntries(Object.keys(faults).map((field) => [field, known ? words(error) : t('field')]))
  }
}
