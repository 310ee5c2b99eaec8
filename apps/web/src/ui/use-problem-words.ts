import { useTranslation } from 'react-i18next'
import { fieldErrorsOf, problemOf, retryAfterOf } from './problem.ts'
import { secondsInWords } from './time-words.ts'

/** Puts an error in the reader's language where we have words for its code, else in the server's own sentence. */
export function useProblemWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation('problem')
  const codeWords = useCodeWords()
  return (error) => {
    const problem = problemOf(error)
    if (!problem) return t('unexpected')
    const seconds = retryAfterOf(error)
    if (problem.status === 429 && seconds !== undefined)
      return t('throttled', { time: secondsInWords(seconds, i18n.language) })
    return codeWords(problem.code) ?? problem.detail
  }
}

/** The words for a problem's code, where we have some. */
export function useCodeWords(): (code: string) => string | undefined {
  const { i18n } = useTranslation('problem')
  return (code) =>
    // Codes come from the server; whether there are words for one is known only now.
    i18n.exists(code, { ns: 'problem' }) ? i18n.getFixedT(null, 'problem')(code as 'unexpected') : undefined
}

/**
 * The faults of single fields in the reader's language, by field name. A rule that was broken has a sentence of its own;
 * what merely has the wrong shape is told in the server's English, or as "please check" to everybody else.
 */
export function useFieldWords(): (error: unknown) => Record<string, string> {
  const { t, i18n } = useTranslation('problem')
  const words = useProblemWords()
  return (error) => {
    const faults = fieldErrorsOf(error)
    const fields = Object.keys(faults)
    if (fields.length === 1 && problemOf(error)?.code !== 'request.invalid')
      return Object.fromEntries(fields.map((field) => [field, words(error)]))
    return i18n.language === 'en' ? faults : Object.fromEntries(fields.map((field) => [field, t('field')]))
  }
}
