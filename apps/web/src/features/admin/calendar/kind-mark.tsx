import type { CalendarKind } from '@lyceum/course/contract'
import IconBeach from '@tabler/icons-react/dist/esm/icons/IconBeach.mjs'
import IconCalendarEvent from '@tabler/icons-react/dist/esm/icons/IconCalendarEvent.mjs'
import IconPencilExclamation from '@tabler/icons-react/dist/esm/icons/IconPencilExclamation.mjs'
import IconSchool from '@tabler/icons-react/dist/esm/icons/IconSchool.mjs'
import { useTranslation } from 'react-i18next'
import classes from './calendar.module.css'

export const KINDS: readonly CalendarKind[] = ['term', 'exam-period', 'holiday', 'event']

const icons = {
  term: IconSchool,
  'exam-period': IconPencilExclamation,
  holiday: IconBeach,
  event: IconCalendarEvent
} as const

/** What an entry is: an icon, a word and a tone, so that none depends on colour. */
export function KindMark({ kind }: { readonly kind: CalendarKind }) {
  const { t } = useTranslation('admin')
  const Icon = icons[kind]
  return (
    <span className={classes.kind} data-kind={kind}>
      <Icon size={16} stroke={2} aria-hidden />
      {t(`calendar.kinds.${kind}`)}
    </span>
  )
}
