import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconArchive from '@tabler/icons-react/dist/esm/icons/IconArchive.mjs'
import IconCircle from '@tabler/icons-react/dist/esm/icons/IconCircle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconCircleDashed from '@tabler/icons-react/dist/esm/icons/IconCircleDashed.mjs'
import IconCircleHalf2 from '@tabler/icons-react/dist/esm/icons/IconCircleHalf2.mjs'
import IconCircleX from '@tabler/icons-react/dist/esm/icons/IconCircleX.mjs'
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs'
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import IconRefresh from '@tabler/icons-react/dist/esm/icons/IconRefresh.mjs'
import IconUserOff from '@tabler/icons-react/dist/esm/icons/IconUserOff.mjs'
import { useTranslation } from 'react-i18next'
import classes from './status-pill.module.css'

/** The words for states, the same everywhere: each has an icon, a word and a tone, so that none depends on colour. */
const statuses = {
  'not-started': { icon: IconCircle, tone: 'quiet' },
  'in-progress': { icon: IconCircleHalf2, tone: 'info' },
  completed: { icon: IconCircleCheck, tone: 'good' },
  locked: { icon: IconLock, tone: 'quiet' },
  overdue: { icon: IconAlertTriangle, tone: 'bad' },
  draft: { icon: IconPencil, tone: 'warn' },
  published: { icon: IconEye, tone: 'good' },
  archived: { icon: IconArchive, tone: 'quiet' },
  invited: { icon: IconMail, tone: 'info' },
  active: { icon: IconCircleCheck, tone: 'good' },
  deactivated: { icon: IconUserOff, tone: 'quiet' },
  suspended: { icon: IconCircleX, tone: 'bad' },
  waiting: { icon: IconClock, tone: 'quiet' },
  running: { icon: IconCircleDashed, tone: 'info' },
  retrying: { icon: IconRefresh, tone: 'warn' },
  done: { icon: IconCircleCheck, tone: 'good' },
  sent: { icon: IconCircleCheck, tone: 'good' },
  held: { icon: IconMail, tone: 'warn' },
  failed: { icon: IconCircleX, tone: 'bad' },
  dead: { icon: IconCircleX, tone: 'bad' },
  undone: { icon: IconRefresh, tone: 'quiet' }
} as const

export type Status = keyof typeof statuses

/** `label` replaces the usual word where a place has a more exact one. */
export function StatusPill({ status, label }: { readonly status: Status; readonly label?: string }) {
  const { t } = useTranslation('ui')
  const { icon: Icon, tone } = statuses[status]
  return (
    <span className={classes.pill} data-tone={tone}>
      <Icon size={16} stroke={2} aria-hidden />
      {label ?? t(`status.${status}`)}
    </span>
  )
}
