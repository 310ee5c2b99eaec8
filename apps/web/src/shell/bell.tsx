import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs'
import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../api.ts'
import { DropPanel } from './drop-panel.tsx'
import bar from './top-bar.module.css'

const load = () => import('./notification-panel.tsx')
const NotificationPanel = lazy(load)

const EVERY_MS = 60_000

/** What is new, counted; the list itself comes when asked for. */
export function Bell() {
  const { t, i18n } = useTranslation()
  const { data } = useQuery({ ...query('notification', 'listNotifications', { limit: 10 }), refetchInterval: EVERY_MS })
  const unread = data?.unread ?? 0
  const icon = (
    <>
      <IconBell size={22} stroke={1.75} aria-hidden />
      {unread > 0 ? (
        <span
          className={bar.badge}
          data-text={unread > 99 ? '99+' : new Intl.NumberFormat(i18n.language).format(unread)}
        />
      ) : null}
    </>
  )
  return (
    <DropPanel label={unread > 0 ? t('bell.unread', { count: unread }) : t('bell.label')} icon={icon} prepare={load}>
      {(close) => <NotificationPanel onClose={close} />}
    </DropPanel>
  )
}
