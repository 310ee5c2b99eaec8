import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs'
import { useTranslation } from 'react-i18next'
import classes from './save-state.module.css'
import { shortTime } from './time-words.ts'
import { useViewer } from './viewer.tsx'

interface Props {
  readonly state: 'saved' | 'saving' | 'unsaved' | 'failed'
  /** ISO instant of the last save. */
  readonly savedAt?: string | undefined
}

/** Whether the work in an editor is safe, in words; heard politely when it changes. */
export function SaveState({ state, savedAt }: Props) {
  const { t } = useTranslation('ui')
  const { timeZone, locale } = useViewer()
  const Icon = { saved: IconCheck, saving: IconRefresh, unsaved: IconPencil, failed: IconAlertTriangle }[state]
  const time = savedAt ? shortTime(new Date(savedAt), locale, timeZone) : ''
  return (
    <span className={classes.state} data-state={state} role="status">
      <Icon size={16} aria-hidden />
      {state === 'saved' && time ? t('save.savedAt', { time }) : t(`save.${state}`)}
    </span>
  )
}
