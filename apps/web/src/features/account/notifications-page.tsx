import { Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, pages } from '../../api.ts'
import { NotificationList } from '../../shell/notification-list.tsx'
import { Page } from '../../shell/page.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Surface } from '../../ui/surface.tsx'
import classes from './account.module.css'

/** Everything that happened, newest first. */
export default function NotificationsPage() {
  const { t } = useTranslation('account')
  const queryClient = useQueryClient()
  const list = useInfiniteQuery(pages('notification', 'listNotifications', {}))
  const entries = list.data?.pages.flatMap((page) => page.entries)
  const newest = entries?.[0]
  const read = useMutation({
    mutationFn: (upTo: string) => api.notification.readNotifications({ upTo }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['listNotifications'] })
  })

  return (
    <Page
      title={t('notifications.title')}
      width="text"
      actions={
        newest && entries?.some(({ readAt }) => readAt === null) ? (
          <Button variant="default" loading={read.isPending} onClick={() => read.mutate(newest.id)}>
            {t('notifications.readAll')}
          </Button>
        ) : undefined
      }
    >
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : entries === undefined ? (
        <Loading shape="rows" />
      ) : entries.length === 0 ? (
        <EmptyState>{t('notifications.empty')}</EmptyState>
      ) : (
        <Surface>
          <NotificationList entries={entries} />
        </Surface>
      )}
      {list.hasNextPage ? (
        <div className={classes.more}>
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('notifications.more')}
          </Button>
        </div>
      ) : null}
    </Page>
  )
}
