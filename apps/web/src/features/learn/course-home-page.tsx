import type { CourseHome } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { path } from '../../path.ts'
import { useLens } from '../../shell/lens.tsx'
import { usePageTitle } from '../../shell/page-state.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ProgressRing } from '../../ui/progress.tsx'
import { StatusPill } from '../../ui/status-pill.tsx'
import classes from './course-home/course-home.module.css'
import { CourseHomeSkeleton } from './course-home/course-home-skeleton.tsx'
import { homeQuery } from './kept-open.ts'
import { minutesInWords } from './outline/duration-words.ts'
import { lockWords } from './outline/lock-words.ts'
import { UnitBox } from './outline/unit-box.tsx'
import { useFolded } from './outline/use-folded.ts'
import { useReader } from './outline/use-reader.ts'
import { failureOf } from './read-query.ts'
import { homeWith } from './study/report.ts'
import { usePending } from './study/use-study.ts'

/** A course as its reader meets it: how far one is, where to go on, and everything in it. */
export default function CourseHomePage() {
  const { t } = useReader()
  const { courseId = '' } = useParams()
  const { asLearner } = useLens(courseId)
  const home = useQuery(homeQuery(courseId, asLearner))
  const pending = usePending()
  const failure = failureOf(home)
  usePageTitle(home.data?.course.title ?? t('courseHome.title'), [
    { label: t('dashboard.title'), to: path.dashboard() }
  ])
  if (failure)
    return (
      <ErrorState
        error={failure}
        onRetry={() => void home.refetch()}
        action={
          <Button component={Link} to={path.dashboard()} variant="default">
            {t('toDashboard')}
          </Button>
        }
      />
    )
  return home.data ? <Course key={courseId} home={homeWith(home.data, pending)} /> : <CourseHomeSkeleton />
}

function Course({ home }: { readonly home: CourseHome }) {
  const { t } = useReader()
  const { course, units } = home
  const { asLearner } = useLens(course.id)
  const { isFolded, fold } = useFolded(course.id, units)
  const allFolded = units.every(({ id }) => isFolded(id))
  return (
    <div className={classes.page}>
      <Header home={home} />
      {units.length === 0 ? (
        <EmptyState
          action={
            home.abilities.edit ? (
              <Button component={Link} to={path.courseEdit({ courseId: course.id })}>
                {t('courseHome.addFirst')}
              </Button>
            ) : null
          }
        >
          {t(home.abilities.edit ? 'courseHome.emptyEditor' : 'courseHome.empty')}
        </EmptyState>
      ) : (
        <>
          {units.length > 1 ? (
            <div className={classes.tools}>
              <Button
                variant="subtle"
                size="sm"
                onClick={() =>
                  fold(
                    units.map(({ id }) => id),
                    !allFolded
                  )
                }
              >
                {t(allFolded ? 'courseHome.unfoldAll' : 'courseHome.foldAll')}
              </Button>
            </div>
          ) : null}
          <div className={classes.units}>
            {units.map((unit) => (
              <UnitBox
                key={unit.id}
                courseId={course.id}
                unit={unit}
                folded={isFolded(unit.id)}
                studies={home.abilities.study || asLearner}
                onFold={(folded) => fold([unit.id], folded)}
              />
            ))}
          </div>
        </>
      )}
    </div>
  )
}

function Header({ home }: { readonly home: CourseHome }) {
  const reader = useReader()
  const { t, locale } = reader
  const { course, teachers, progress, abilities } = home
  const { asLearner } = useLens(course.id)
  const studies = abilities.study || asLearner
  const names = new Intl.ListFormat(locale, { type: 'conjunction' }).format(teachers.map(({ name }) => name))
  const lock = courseLock(home)
  return (
    <header className={classes.header} style={{ '--course': course.color }}>
      {course.coverUrl ? <img className={classes.cover} src={course.coverUrl} alt="" /> : null}
      <div className={classes.top}>
        <div className={classes.words}>
          {course.code || course.status !== 'published' ? (
            <p className={classes.eyebrow}>
              {course.code ? (
                <span>
                  <bdi>{course.code}</bdi>
                </span>
              ) : null}
              {course.status === 'published' ? null : <StatusPill status={course.status} />}
            </p>
          ) : null}
          <h1 className={classes.title} tabIndex={-1}>
            <bdi>{course.title}</bdi>
          </h1>
          {teachers.length > 0 ? <p className={classes.teachers}>{t('courseHome.teachers', { names })}</p> : null}
        </div>
        {studies && progress.total > 0 ? (
          <div className={classes.far}>
            <ProgressRing
              completed={progress.completed}
              total={progress.total}
              label={t('progressOf', { of: course.title })}
              size={92}
            />
            <p aria-hidden="true">
              <span>{t('courseHome.items', { completed: progress.completed, count: progress.total })}</span>
              {progress.minutesLeft > 0 ? (
                <span>{t('minutesLeft', { time: minutesInWords(progress.minutesLeft, locale) })}</span>
              ) : null}
            </p>
          </div>
        ) : null}
      </div>
      {course.description ? (
        <p className={classes.description}>
          <bdi>{course.description}</bdi>
        </p>
      ) : null}
      {lock ? (
        <p className={classes.lock}>
          <IconLock size={20} aria-hidden />
          {lockWords(lock, reader)}
        </p>
      ) : null}
      <Actions home={home} />
    </header>
  )
}

function Actions({ home }: { readonly home: CourseHome }) {
  const { t } = useReader()
  const { course, resume, progress, abilities } = home
  const courseId = course.id
  const { asLearner, enter } = useLens(courseId)
  const staff = !asLearner && (abilities.edit || abilities.seeProgress)
  const begun = progress.completed > 0 || resume?.state === 'in-progress'
  const goesOn = resume && (abilities.study || asLearner)
  if (!goesOn && !staff && progress.completedAt === null) return null
  return (
    <div className={classes.actions}>
      {goesOn ? (
        <Button
          component={Link}
          to={path.item({ courseId, itemId: resume.itemId })}
          size="lg"
          className={classes.continue ?? ''}
        >
          <span>
            <strong>{t(begun ? 'courseHome.continue' : 'courseHome.start')}</strong>
            <span className={classes.resume}>
              <bdi>{resume.title}</bdi>
            </span>
          </span>
        </Button>
      ) : null}
      {progress.completedAt && !goesOn ? <StatusPill status="completed" label={t('courseHome.completed')} /> : null}
      {staff ? (
        <>
          <Button variant="default" onClick={enter} leftSection={<IconEye size={20} aria-hidden />}>
            {t('courseHome.asLearner')}
          </Button>
          {abilities.edit ? (
            <Button
              component={Link}
              to={path.courseEdit({ courseId })}
              leftSection={<IconPencil size={20} aria-hidden />}
            >
              {t('courseHome.edit')}
            </Button>
          ) : null}
        </>
      ) : null}
    </div>
  )
}

/** What closes the whole course is said once, at its top. */
const courseLock = ({ units }: CourseHome) =>
  units
    .flatMap(({ items }) => items.flatMap(({ lock }) => lock))
    .find(({ code }) => code === 'course-starts-at' || code === 'course-ended-at')
