import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pages } from '../../../../api.ts'
import { SideSheet } from '../../../../ui/dialog.tsx'
import { EmptyState } from '../../../../ui/empty-state.tsx'
import { ErrorState } from '../../../../ui/error-state.tsx'
import { Loading } from '../../../../ui/loading.tsx'
import { RelativeTime } from '../../../../ui/relative-time.tsx'
import { type Draft, readDraft } from '../draft/draft-store.ts'
import { SafeHtml } from '../safe-html.tsx'
import classes from './history.module.css'

interface Props {
  readonly itemId: string
  /** Where a version that lost a conflict was set aside on this device. */
  readonly asideKey: string
  readonly onRestore: (html: string) => void
  readonly onClose: () => void
}

/** Who saved what when; any of it can be taken back into the editor. */
export function History({ itemId, asideKey, onRestore, onClose }: Props) {
  const { t } = useTranslation('teach')
  const [shown, setShown] = useState<string>()
  const [aside, setAside] = useState<Draft>()
  const list = useInfiniteQuery({ ...pages('course', 'listPageRevisions', { itemId, limit: 20 }), staleTime: 0 })
  const revisions = list.data?.pages.flatMap((page) => page.entries)
  useEffect(() => void readDraft(asideKey).then(setAside), [asideKey])

  const entries = [
    ...(aside ? [{ key: 'aside', html: aside.html, at: aside.at, by: t('history.aside'), newest: false }] : []),
    ...(revisions ?? []).map(({ version, html, savedAt, savedBy }, index) => ({
      key: String(version),
      html,
      at: savedAt,
      by: savedBy ?? t('history.import'),
      newest: index === 0
    }))
  ]
  return (
    <SideSheet opened onClose={onClose} title={t('history.title')}>
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : revisions === undefined ? (
        <Loading shape="rows" />
      ) : entries.length === 0 ? (
        <EmptyState>{t('history.empty')}</EmptyState>
      ) : (
        <ol className={classes.list}>
          {entries.map(({ key, html, at, by, newest }) => (
            <li key={key}>
              <div className={classes.head}>
                <span>
                  <bdi>{by}</bdi>
                  <small>
                    {newest ? `${t('history.newest')} · ` : ''}
                    <RelativeTime at={at} show="both" />
                  </small>
                </span>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-expanded={shown === key}
                  onClick={() => setShown(shown === key ? undefined : key)}
                >
                  {t(shown === key ? 'history.hide' : 'history.look')}
                </Button>
              </div>
              {shown === key ? (
                <>
                  <div className={classes.preview}>
                    <SafeHtml html={html} />
                  </div>
                  {newest ? null : (
                    <Button size="sm" onClick={() => onRestore(html)}>
                      {t('history.restore')}
                    </Button>
                  )}
                </>
              ) : null}
            </li>
          ))}
        </ol>
      )}
      {list.hasNextPage ? (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('history.more')}
        </Button>
      ) : null}
    </SideSheet>
  )
}
