import { Button } from '@mantine/core'
import IconDeviceFloppy from '@tabler/icons-react/dist/esm/icons/IconDeviceFloppy.mjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RelativeTime } from '../../../../ui/relative-time.tsx'
import classes from '../editor.module.css'
import { SafeHtml } from '../safe-html.tsx'
import type { Draft } from './draft-store.ts'

interface Props {
  readonly draft: Draft
  /** Somebody has saved the page since. */
  readonly stale: boolean
  readonly onRestore: () => void
  readonly onDiscard: () => void
}

/** Something was typed here that the server never got: take it up again, look at it, or let it go. */
export function DraftPrompt({ draft, stale, onRestore, onDiscard }: Props) {
  const { t } = useTranslation('teach')
  const [looking, setLooking] = useState(false)
  return (
    <section className={classes.prompt} aria-label={t('draft.title')} role="alert">
      <IconDeviceFloppy size={24} aria-hidden />
      <div>
        <strong>{t('draft.title')}</strong>
        <p>
          {t(stale ? 'draft.stale' : 'draft.words')} <RelativeTime at={draft.at} show="both" />
        </p>
        {looking ? (
          <div className={classes.looking}>
            <SafeHtml html={draft.html} />
          </div>
        ) : null}
        <div className={classes.promptButtons}>
          <Button size="sm" onClick={onRestore}>
            {t(stale ? 'draft.compare' : 'draft.restore')}
          </Button>
          <Button size="sm" variant="default" aria-expanded={looking} onClick={() => setLooking(!looking)}>
            {t('draft.look')}
          </Button>
          <Button size="sm" variant="subtle" onClick={onDiscard}>
            {t('draft.discard')}
          </Button>
        </div>
      </div>
    </section>
  )
}
