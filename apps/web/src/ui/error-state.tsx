import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from './problem.ts'
import classes from './state.module.css'
import { useProblemWords } from './use-problem-words.ts'

interface Props {
  readonly error: unknown
  /** Whether work is safe, when this place knows; "Nothing you saved is lost." unless said. */
  readonly safety?: ReactNode
  readonly onRetry?: () => void
  /** Another way out, such as a link back. */
  readonly action?: ReactNode
}

/** A place that could not be shown: what happened, whether work is safe, what to do, a code to quote. */
export function ErrorState({ error, safety, onRetry, action }: Props) {
  const { t } = useTranslation('ui')
  const words = useProblemWords()
  const problem = problemOf(error)
  return (
    <div className={classes.state} role="alert">
      <h2 className={classes.title}>{t(titleOf(problem?.status))}</h2>
      <p className={classes.sentence}>
        {words(error)} {safety ?? t('error.safe')}
      </p>
      <div className={classes.buttons}>
        {onRetry && !isFinal(problem?.status) ? <Button onClick={onRetry}>{t('error.retry')}</Button> : null}
        {action}
      </div>
      {problem ? (
        <p className={classes.code}>
          {t('error.quote')} <code dir="ltr">{[problem.code, problem.requestId].filter(Boolean).join(' · ')}</code>
        </p>
      ) : null}
    </div>
  )
}

/** Asking again does not open what is closed, nor find what is gone. */
const isFinal = (status: number | undefined): boolean => status === 403 || status === 404

function titleOf(status: number | undefined) {
  if (status === 0) return 'error.offline'
  if (status === 403) return 'error.forbidden'
  if (status === 404) return 'error.missing'
  return 'error.failed'
}
