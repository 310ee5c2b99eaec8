import { Button, CloseButton } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../../ui/announce.ts'
import { useReader } from '../outline/use-reader.ts'
import classes from './news.module.css'

/** Long enough to read it; whoever reads on does not need it. */
const LASTS_MS = 10_000

/** Says why the page does not begin at its beginning, and leads there. */
export function ResumedHint({ onClose }: { readonly onClose: () => void }) {
  const { t } = useReader()
  const { t: ui } = useTranslation('ui')
  useEffect(() => announce(t('page.resumed')), [t])
  useEffect(() => {
    const timer = setTimeout(onClose, LASTS_MS)
    return () => clearTimeout(timer)
  }, [onClose])
  const toTop = () => {
    window.scrollTo({ top: 0, behavior: 'instant' })
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    onClose()
  }
  return (
    <div className={classes.resumed}>
      <p>{t('page.resumed')}</p>
      <Button size="sm" variant="light" onClick={toTop}>
        {t('page.toTop')}
      </Button>
      <CloseButton onClick={onClose} aria-label={ui('close')} />
    </div>
  )
}
