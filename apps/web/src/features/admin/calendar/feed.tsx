import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, query } from '../../../api.ts'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { CopyText } from '../../../ui/copy-text.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { Surface } from '../../../ui/surface.tsx'
import classes from './calendar.module.css'

/** The secret link under which calendar programs read this calendar: made, passed on, replaced, ended. */
export function Feed() {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState<'replace' | 'end'>()
  const feed = useQuery(query('course', 'getCalendarFeed', {}))
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['getCalendarFeed'] })
  const make = useMutation({ mutationFn: () => api.course.replaceCalendarFeed({}), onSuccess: refresh })
  const end = async () => {
    await api.course.deleteCalendarFeed({})
    await refresh()
  }
  return (
    <Surface title={t('calendar.feed')} description={t('calendar.feedWords')}>
      <ProblemAlert error={make.error} />
      {feed.data === undefined ? (
        feed.error ? (
          <ErrorState error={feed.error} onRetry={() => void feed.refetch()} />
        ) : (
          <Loading shape="rows" count={1} />
        )
      ) : feed.data.url === null ? (
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {t('calendar.makeLink')}
        </Button>
      ) : (
        <div className={classes.feed}>
          <bdi className={classes.address} dir="ltr">
            {feed.data.url}
          </bdi>
          <CopyText value={feed.data.url} label={t('copy')} variant="light" />
          <Button variant="default" onClick={() => setAsking('replace')}>
            {t('calendar.replaceLink')}
          </Button>
          <Button variant="default" onClick={() => setAsking('end')}>
            {t('calendar.endLink')}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={t(asking === 'end' ? 'calendar.endLink' : 'calendar.replaceLink')}
        confirm={t(asking === 'end' ? 'calendar.endLink' : 'calendar.replaceLink')}
        onConfirm={asking === 'end' ? end : () => make.mutateAsync()}
        danger
      >
        <p>{t('calendar.linkEnds')}</p>
      </ConfirmDialog>
    </Surface>
  )
}
