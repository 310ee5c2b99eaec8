import { Popover } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../api.ts'
import { Loading } from '../ui/loading.tsx'
import bar from './top-bar.module.css'

const NotificationPanel = lazy(() => import('./notification-panel.tsx'))

const EVERY_MS = 60_000

/** What is new, counted; the list itself comes when asked for. */
export function Bell() {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState(false)
  const { data } = useQuery({ ...query('notification', 'listNotifications', { limit: 10 }), refetchInterval: EVERY_MS })
  const unread = data?.unread ?? 0
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={380}
      shadow="lg"
      radius="lg"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={bar.tool}
          onClick={() => setOpened(!opened)}
          aria-label={unread > 0 ? t('bell.unread', { count: unread }) : t('bell.label')}
        >
          <IconBell size={22} stroke={1.75} aria-hidden />
          {unread > 0 ? (
            <span className={bar.badge} aria-hidden="true">
              {unread > 99 ? '99+' : new Intl.NumberFormat(i18n.language).format(unread)}
            </span>
          ) : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('bell.label')}>
        <Suspense fallback={<Loading shape="rows" count={3} />}>
          <NotificationPanel onClose={() => setOpened(false)} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
