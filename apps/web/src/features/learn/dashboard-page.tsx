import type { Dashboard } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useId } from 'react'
import { Link } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { useMay, useMe } from '../../shell/session.ts'
import { Choice } from '../../ui/choice.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { StudyCards, TeachCards, type View } from './dashboard/course-cards.tsx'
import classes from './dashboard/dashboard.module.css'
import { DashboardSkeleton } from './dashboard/dashboard-skeleton.tsx'
import { useDashboardView } from './dashboard/dashboard-view.ts'
import { NextUp } from './dashboard/next-up.tsx'
import { useReader } from './outline/use-reader.ts'
import { failureOf } from './read-query.ts'

/** What to do next, and the courses one studies and teaches. */
export default function DashboardPage() {
  const { t } = useReader()
  const [view, chooseView] = useDashboardView()
  const dashboard = useQuery(query('course', 'getDashboard', {}))
  useLeftovers()
  const failure = failureOf(dashboard)
  return (
    <Page title={t('dashboard.title')}>
      {dashboard.data ? (
        <Sections dashboard={dashboard.data} view={view} onView={chooseView} />
      ) : failure ? (
        <ErrorState error={failure} onRetry={() => void dashboard.refetch()} />
      ) : (
        <DashboardSkeleton view={view} />
      )}
    </Page>
  )
}

interface SectionsProps {
  readonly dashboard: Dashboard
  readonly view: View
  readonly onView: (view: View) => void
}

function Sections({ dashboard: { nextUp, studying, teaching }, view, onView }: SectionsProps) {
  const { t } = useReader()
  const mayAuthor = useMay('course:author')
  if (studying.length === 0 && teaching.length === 0)
    return (
      <EmptyState
        action={
          mayAuthor ? (
            <Button component={Link} to={path.courses()}>
              {t('dashboard.toCourses')}
            </Button>
          ) : null
        }
      >
        {t(mayAuthor ? 'dashboard.emptyAuthor' : 'dashboard.empty')}
      </EmptyState>
    )
  const choice = <ViewChoice view={view} onView={onView} />
  return (
    <div className={classes.sections}>
      {studying.length > 0 ? <NextUp entries={nextUp} /> : null}
      {studying.length > 0 ? (
        <Section title={t('dashboard.studying')} aside={choice}>
          <StudyCards courses={studying} view={view} />
        </Section>
      ) : null}
      {teaching.length > 0 ? (
        <Section title={t('dashboard.teaching')} aside={studying.length > 0 ? null : choice}>
          <TeachCards courses={teaching} view={view} />
        </Section>
      ) : null}
    </div>
  )
}

function Section({
  title,
  aside,
  children
}: {
  readonly title: string
  readonly aside: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id} className={classes.heading}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

function ViewChoice({ view, onView }: Pick<SectionsProps, 'view' | 'onView'>) {
  const { t } = useReader()
  return (
    <div className={classes.view}>
      <Choice<View>
        label={t('dashboard.view')}
        value={view}
        options={[
          { value: 'cards', label: t('dashboard.views.cards') },
          { value: 'list', label: t('dashboard.views.list') }
        ]}
        onChoose={onView}
      />
    </div>
  )
}

/** Study that an earlier visit left on this device goes out from here too; its code waits until the page is drawn. */
function useLeftovers(): void {
  const { id } = useMe()
  const queryClient = useQueryClient()
  useEffect(() => {
    void import('./study/study-queue.ts').then(
      ({ startStudyQueue }) => startStudyQueue(id, queryClient),
      () => undefined
    )
  }, [id, queryClient])
}
