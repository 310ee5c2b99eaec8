import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, query } from '../../../api.ts'
import { CopyText } from '../../../ui/copy-text.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { showToast } from '../../../ui/toast.ts'
import classes from './add-people.module.css'
import { NewJoinLink } from './new-join-link.tsx'

/** Links that enrol whoever opens them: made, passed on, ended. */
export function JoinLinks({ courseId }: { readonly courseId: string }) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const list = useQuery(query('course', 'listJoinLinks', { courseId }))
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['listJoinLinks'] })
  const end = useMutation({
    mutationFn: (joinLinkId: string) => api.course.deleteJoinLink({ joinLinkId }),
    onSuccess: async () => {
      showToast(t('joinLink.ended'))
      await refresh()
    }
  })
  type Entry = NonNullable<typeof list.data>['entries'][number]
  const isOver = ({ expiresAt, maxUses, uses }: Entry) =>
    (expiresAt !== null && Date.parse(expiresAt) < Date.now()) || (maxUses !== null && uses >= maxUses)

  return (
    <div className={classes.stack}>
      <p className={classes.count}>{t('joinLink.words')}</p>
      <NewJoinLink courseId={courseId} onMade={refresh} />
      <ProblemAlert error={end.error} />
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.data === undefined ? (
        <Loading shape="rows" count={2} />
      ) : list.data.entries.length === 0 ? (
        <p className={classes.count}>{t('joinLink.none')}</p>
      ) : (
        <ul className={classes.links} aria-label={t('joinLink.list')}>
          {list.data.entries.map((link) => (
            <li key={link.id} className={classes.link}>
              <div className={classes.linkWords}>
                <strong>{t(`joinLink.as.${link.role}`)}</strong>
                <bdi className={classes.url} dir="ltr">
                  {link.url}
                </bdi>
                <span className={classes.count}>
                  {link.maxUses === null
                    ? t('joinLink.used', { count: link.uses })
                    : t('joinLink.usedOf', { count: link.uses, most: link.maxUses })}
                  {' · '}
                  {link.expiresAt === null ? (
                    t('joinLink.forever')
                  ) : (
                    <>
                      {t('joinLink.until')} <RelativeTime at={link.expiresAt} show="both" />
                    </>
                  )}
                  {isOver(link) ? ` · ${t('joinLink.over')}` : ''}
                </span>
              </div>
              <div className={classes.buttons}>
                <CopyText value={link.url} label={t('copy')} variant="light" size="sm" disabled={isOver(link)} />
                <Button
                  variant="default"
                  size="sm"
                  loading={end.isPending && end.variables === link.id}
                  onClick={() => end.mutate(link.id)}
                >
                  {t('joinLink.end')}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
