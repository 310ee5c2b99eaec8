import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, query } from '../api.ts'
import { path } from '../path.ts'
import { ErrorState } from '../ui/error-state.tsx'
import { Loading } from '../ui/loading.tsx'
import classes from './notification.module.css'
import { NotificationList } from './notification-list.tsx'

/** The latest news under the bell. */
export default function NotificationPanel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const { data, error, refetch } = useQuery(query('notification', 'listNotifications', { limit: 10 }))
  const read = useMutation({
    mutationFn: (upTo: string) => api.notification.readNotifications({ upTo }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['listNotifications'] })
  })
  const newest = data?.entries[0]
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <h2>{t('bell.label')}</h2>
        {newest && data.unread > 0 ? (
          <Button variant="subtle" size="compact-sm" loading={read.isPending} onClick={() => read.mutate(newest.id)}>
            {t('bell.readAll')}
          </Button>
        ) : null}
      </div>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <NotificationList entries={data.entries} onFollow={onClose} />
      ) : (
        <Loading shape="rows" count={3} />
      )}
      <Link to={path.notifications()} onClick={onClose} className={classes.all}>
        {t('bell.all')}
      </Link>
    </div>
  )
}
