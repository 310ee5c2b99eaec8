import type { CourseHome, Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { Link, useParams } from 'react-router'
import { path } from '../../path.ts'
import { useLens } from '../../shell/lens.tsx'
import { usePageTitle } from '../../shell/page-state.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { ItemContent } from './content/item-content.tsx'
import { ItemFooter } from './item/item-footer.tsx'
import classes from './item/item-page.module.css'
import { ItemSkeleton } from './item/item-skeleton.tsx'
import { LockedItem } from './item/locked-item.tsx'
import { News, useNews } from './item/news.tsx'
import { OutlineDrawer } from './item/outline-drawer.tsx'
import { ResumedHint } from './item/resumed-hint.tsx'
import { homeQuery, itemQuery } from './kept-open.ts'
import { DueTime } from './outline/due-time.tsx'
import { minutesInWords } from './outline/duration-words.ts'
import { KindIcon } from './outline/kind-icon.tsx'
import { useReader } from './outline/use-reader.ts'
import { failureOf } from './read-query.ts'
import { homeWith, itemWith } from './study/report.ts'
import { usePending, useStudy } from './study/use-study.ts'

/** One item to study, with the way through the course around it. */
export default function ItemPage() {
  const { t } = useReader()
  const { courseId = '', itemId = '' } = useParams()
  const { asLearner } = useLens(courseId)
  const pending = usePending()
  const home = useQuery(homeQuery(courseId, asLearner))
  const item = useQuery(itemQuery(itemId, asLearner))
  const failure = failureOf(item) ?? failureOf(home)
  usePageTitle(item.data?.title ?? t('item.title'), [
    { label: t('dashboard.title'), to: path.dashboard() },
    { label: item.data?.courseTitle ?? home.data?.course.title ?? t('courseHome.title'), to: path.course({ courseId }) }
  ])
  useNextAtHand(item.data, asLearner)
  const news = useNews(courseId, itemId)

  const shownHome = home.data ? homeWith(home.data, pending) : undefined
  return (
    <div className={classes.page}>
      <OutlineDrawer courseId={courseId} home={shownHome} itemId={itemId} />
      {failure ? (
        <div className={classes.failed}>
          <ErrorState
            error={failure}
            onRetry={() => {
              void item.refetch()
              void home.refetch()
            }}
            action={
              <Button component={Link} to={path.course({ courseId })} variant="default">
                {t('toCourse')}
              </Button>
            }
          />
        </div>
      ) : item.data && shownHome ? (
        <Visit
          key={itemId}
          item={itemWith(item.data, pending.get(itemId))}
          home={shownHome}
          studying={shownHome.abilities.study && !asLearner}
          refetch={async () => (await item.refetch()).data}
          news={<News news={news.news} home={shownHome} onClose={news.close} />}
        />
      ) : (
        <ItemSkeleton />
      )}
    </div>
  )
}

interface VisitProps {
  readonly item: Item
  readonly home: CourseHome
  readonly studying: boolean
  readonly refetch: () => Promise<Item | undefined>
  readonly news: ReactNode
}

/** One opening of one item: begins and ends with it. */
function Visit({ item, home, studying, refetch, news }: VisitProps) {
  const { t, locale } = useReader()
  const locked = item.lock.length > 0
  const [watched, setWatched] = useState(0)
  const [resumed, setResumed] = useState(false)
  const closeResumed = useCallback(() => setResumed(false), [])
  const study = useStudy(item, studying && !locked, item.kind === 'link' && item.completion.kind === 'open')
  return (
    <article className={classes.item} aria-labelledby="item-title">
      <header className={classes.header}>
        <p className={classes.unit}>
          <bdi>{item.unitTitle}</bdi>
        </p>
        <h1 id="item-title" className={classes.title} tabIndex={-1}>
          <bdi>{item.title}</bdi>
        </h1>
        <p className={classes.facts}>
          <span className={classes.kind}>
            <KindIcon kind={item.kind} />
            {t(`kind.${item.kind}`)}
          </span>
          {item.minutes === null ? null : <span>{minutesInWords(item.minutes, locale)}</span>}
          {item.dueAt === null ? null : <DueTime at={item.dueAt} finished={item.state === 'completed'} />}
        </p>
      </header>
      <div className={classes.content}>
        {locked ? (
          <LockedItem item={item} home={home} />
        ) : (
          <ItemContent
            item={item}
            locale={home.course.locale}
            study={study}
            onWatched={setWatched}
            onResumed={() => setResumed(true)}
            refetch={refetch}
          />
        )}
      </div>
      <ItemFooter
        item={item}
        home={home}
        study={study}
        watched={Math.max(watched, item.watchedPercent)}
        studying={studying && !locked}
        news={
          <>
            {resumed ? <ResumedHint onClose={closeResumed} /> : null}
            {news}
          </>
        }
      />
    </article>
  )
}

/** Reads the next item ahead, so that "Next" works where the line does not. */
function useNextAtHand(item: Item | undefined, asLearner: boolean): void {
  const queryClient = useQueryClient()
  const next = item?.lock.length === 0 ? item.nextItemId : null
  useEffect(() => {
    if (next) void queryClient.prefetchQuery(itemQuery(next, asLearner))
  }, [next, asLearner, queryClient])
}
