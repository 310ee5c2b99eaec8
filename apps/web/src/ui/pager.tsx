import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './pager.module.css'

interface Props {
  /** Number of the first row shown, from 1. */
  readonly from: number
  readonly shown: number
  readonly total?: number | undefined
  readonly loading: boolean
  readonly onPrevious: (() => void) | undefined
  readonly onNext: (() => void) | undefined
}

/** Turns a long list page by page, so that the screen never holds more than one of them. */
export function Pager({ from, shown, total, loading, onPrevious, onNext }: Props) {
  const { t, i18n } = useTranslation('ui')
  const number = new Intl.NumberFormat(i18n.language)
  const values = { from: number.format(from), to: number.format(from + shown - 1), total: number.format(total ?? 0) }
  return (
    <nav className={classes.pager} aria-label={t('pager.label')}>
      <span role="status">
        {shown === 0 ? null : total === undefined ? t('pager.rows', values) : t('pager.rowsOf', values)}
      </span>
      <span className={classes.buttons}>
        <Button variant="default" size="sm" disabled={!onPrevious || loading} onClick={onPrevious}>
          {t('pager.previous')}
        </Button>
        <Button variant="default" size="sm" disabled={!onNext} loading={loading} onClick={onNext}>
          {t('pager.next')}
        </Button>
      </span>
    </nav>
  )
}
