import { Button } from '@mantine/core'
import IconGitMerge from '@tabler/icons-react/dist/esm/icons/IconGitMerge.mjs'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../../ui/problem.ts'
import classes from './stale-notice.module.css'

interface Props {
  readonly error: unknown
  /** Fetches what the other person saved, and shows it in place of what was typed here. */
  readonly onLoad: () => void
}

/** Somebody else saved first (412). Nothing was overwritten; the person decides what happens to their own words. */
export function StaleNotice({ error, onLoad }: Props) {
  const { t } = useTranslation('admin')
  if (!isStale(error)) return null
  return (
    <div role="alert" className={classes.notice}>
      <IconGitMerge size={22} aria-hidden />
      <div>
        <strong>{t('stale.title')}</strong>
        <p>{t('stale.words')}</p>
        <Button variant="default" size="sm" onClick={onLoad}>
          {t('stale.load')}
        </Button>
      </div>
    </div>
  )
}

export const isStale = (error: unknown): boolean => problemOf(error)?.status === 412
