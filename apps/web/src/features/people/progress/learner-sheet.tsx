import type { LearnerProgress } from '@lyceum/course/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { query } from '../../../api.ts'
import { SideSheet } from '../../../ui/dialog.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { durationInWords } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './progress.module.css'
import { unitGroups } from './unit-groups.ts'

type Learner = Static<typeof LearnerProgress>

interface Props {
  readonly courseId: string
  readonly learner: Learner | undefined
  readonly onClose: () => void
}

/** Everything about one learner in this course. */
export function LearnerSheet({ courseId, learner, onClose }: Props) {
  return (
    <SideSheet opened={learner !== undefined} onClose={onClose} title={<bdi>{learner?.name}</bdi>}>
      {learner ? <Details courseId={courseId} learner={learner} /> : null}
    </SideSheet>
  )
}

function Details({ courseId, learner }: { readonly courseId: string; readonly learner: Learner }) {
  const { t, i18n } = useTranslation('people')
  const { locale } = useViewer()
  const { data, error, refetch } = useQuery(query('course', 'getLearnerItems', { courseId, userId: learner.userId }))
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent' })
  return (
    <div className={classes.details}>
      <bdi dir="ltr" className={classes.quiet}>
        {learner.email}
      </bdi>
      <ProgressBar
        completed={learner.completed}
        total={learner.total}
        label={t('coursePeople.progressOf', { name: learner.name })}
      />
      <dl className={classes.facts}>
        <div>
          <dt>{t('lastSeen')}</dt>
          <dd>{learner.lastSeenAt ? <RelativeTime at={learner.lastSeenAt} /> : t('never')}</dd>
        </div>
        <div>
          <dt>{t('courseProgress.time')}</dt>
          <dd>{durationInWords(learner.secondsSpent, locale)}</dd>
        </div>
        {learner.completedAt ? (
          <div>
            <dt>{t('courseProgress.courseCompleted')}</dt>
            <dd>
              <RelativeTime at={learner.completedAt} show="short" />
            </dd>
          </div>
        ) : null}
      </dl>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading shape="rows" />
      ) : (
        unitGroups(data.entries).map(({ title, items }) => (
          <section key={items[0]?.itemId}>
            <h3 className={classes.unitHead}>{title}</h3>
            <ul className={classes.items}>
              {items.map((item) => (
                <li key={item.itemId}>
                  <span className={classes.itemHead}>
                    <span>{item.title}</span>
                    <StatusPill status={item.state} />
                  </span>
                  <span className={classes.quiet}>
                    {[
                      t(`kinds.${item.kind}`),
                      ...(item.secondsSpent > 0 ? [durationInWords(item.secondsSpent, locale)] : []),
                      ...(item.kind === 'video' && item.watchedPercent > 0
                        ? [t('courseProgress.watched', { percent: percent.format(item.watchedPercent / 100) })]
                        : [])
                    ].join(' · ')}
                    {item.completedAt ? (
                      <>
                        {' · '}
                        <RelativeTime at={item.completedAt} show="short" />
                      </>
                    ) : null}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))
      )}
    </div>
  )
}
