import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconDeviceFloppy from '@tabler/icons-react/dist/esm/icons/IconDeviceFloppy.mjs'
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs'
import { useTranslation } from 'react-i18next'
import { useViewer } from '../../../../ui/viewer.tsx'
import classes from '../editor.module.css'

interface Props {
  readonly state: 'saved' | 'unsaved' | 'saving' | 'kept' | 'refused'
  readonly savedAt: string
}

const icons = {
  saved: IconCheck,
  unsaved: IconPencil,
  saving: IconRefresh,
  kept: IconDeviceFloppy,
  refused: IconAlertTriangle
}

/** Whether the page is safe, to the second. */
export function SaveLine({ state, savedAt }: Props) {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const Icon = icons[state]
  const time = new Intl.DateTimeFormat(i18n.language, {
    timeStyle: 'medium',
    ...(new Date().toDateString() === new Date(savedAt).toDateString() ? {} : { dateStyle: 'medium' }),
    ...(timeZone ? { timeZone } : {})
  }).format(new Date(savedAt))
  return (
    <span className={classes.saveLine} data-state={state} role="status">
      <Icon size={16} aria-hidden />
      {t(`save.${state}`, { time })}
    </span>
  )
}
