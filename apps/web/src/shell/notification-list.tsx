import type { Notification } from '@lyceum/notification/contract'
import IconAward from '@tabler/icons-react/dist/esm/icons/IconAward.mjs'
import IconBook from '@tabler/icons-react/dist/esm/icons/IconBook.mjs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { RelativeTime } from '../ui/relative-time.tsx'
import classes from './notification.module.css'

const icons = {
  enrolled: IconBook,
  'course-completed': IconAward
} as const

interface Props {
  readonly entries: readonly Notification[]
  readonly onFollow?: () => void
}

/** What happened, worded in the reader's language. */
export function NotificationList({ entries, onFollow }: Props) {
  const { t } = useTranslation()
  if (entries.length === 0) return <p className={classes.none}>{t('bell.none')}</p>
  return (
    <ul className={classes.list}>
      {entries.map(({ id, kind, values, link, createdAt, readAt }) => {
        const Icon = icons[kind]
        const words = (
          <>
            <Icon size={22} stroke={1.6} aria-hidden className={classes.icon} />
            <span className={classes.words}>
              <span>
                {readAt ? null : <strong className={classes.new}>{t('bell.new')} </strong>}
                {t(`notice.${kind}`, { course: values.courseTitle })}
              </span>
              <small>
                <RelativeTime at={createdAt} />
              </small>
            </span>
          </>
        )
        return (
          <li key={id} data-unread={readAt === null || undefined}>
            {link ? (
              <Link to={inApp(link)} {...(onFollow ? { onClick: onFollow } : {})} className={classes.entry}>
                {words}
              </Link>
            ) : (
              <div className={classes.entry}>{words}</div>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** The server may send a full address, as it does in mails; within the app only the path counts. */
const inApp = (link: string): string => {
  const url = new URL(link, location.origin)
  return url.origin === location.origin ? url.pathname + url.search + url.hash : '/'
}
