import type { CourseCard as Card } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { CourseCover } from '../../../ui/course-cover.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { minutesInWords } from '../outline/duration-words.ts'
import { lockWords } from '../outline/lock-words.ts'
import { useReader } from '../outline/use-reader.ts'
import classes from './course-cards.module.css'

export type View = 'cards' | 'list'

interface Props {
  readonly courses: readonly Card[]
  readonly view: View
}

/** The courses somebody studies. */
export function StudyCards({ courses, view }: Props) {
  return (
    <ul className={classes[view]}>
      {courses.map((course) => (
        <li key={course.id} className={classes.course}>
          <CourseCover course={course} small={view === 'list'} />
          <div className={classes.body}>
            <CourseName course={course} view={view} />
            <StudyState course={course} />
          </div>
        </li>
      ))}
    </ul>
  )
}

/** The courses somebody teaches. */
export function TeachCards({ courses, view }: Props) {
  const { t } = useReader()
  return (
    <ul className={classes[view]}>
      {courses.map((course) => (
        <li key={course.id} className={classes.course}>
          <CourseCover course={course} small={view === 'list'} />
          <div className={classes.body}>
            <CourseName course={course} view={view} />
            <p className={classes.facts}>
              <StatusPill status={course.status} />
              {course.learners === null ? null : <span>{t('dashboard.learners', { count: course.learners })}</span>}
            </p>
            {course.role === 'teacher' ? (
              <Button
                component={Link}
                to={path.courseEdit({ courseId: course.id })}
                variant="default"
                size="sm"
                className={classes.go ?? ''}
                aria-label={t('dashboard.editCourse', { course: course.title })}
              >
                {t('dashboard.edit')}
              </Button>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Where the band shows the code already, the name does without it. */
function CourseName({ course, view }: { readonly course: Card; readonly view: View }) {
  const code = view === 'list' || course.coverUrl !== null ? course.code : null
  return (
    <div className={classes.name}>
      {code ? <p className={classes.code}>{code}</p> : null}
      <h3 className={classes.title}>
        <Link to={path.course({ courseId: course.id })}>
          <bdi>{course.title}</bdi>
        </Link>
      </h3>
    </div>
  )
}

function StudyState({ course }: { readonly course: Card }) {
  const reader = useReader()
  const { t, locale } = reader
  const { progress, resume, lock } = course
  if (lock[0])
    return (
      <p className={classes.lock}>
        <IconLock size={18} aria-hidden />
        {lockWords(lock[0], reader)}
      </p>
    )
  return (
    <>
      {progress.total > 0 ? (
        <ProgressBar
          completed={progress.completed}
          total={progress.total}
          label={t('progressOf', { of: course.title })}
        />
      ) : (
        <p className={classes.facts}>{t('dashboard.nothingInCourse')}</p>
      )}
      <p className={classes.facts}>
        {progress.completedAt ? (
          <StatusPill status="completed" />
        ) : progress.minutesLeft > 0 ? (
          <span>{t('minutesLeft', { time: minutesInWords(progress.minutesLeft, locale) })}</span>
        ) : null}
        {resume && !progress.completedAt ? (
          <span className={classes.next}>{t('dashboard.next', { item: resume.title })}</span>
        ) : null}
      </p>
      {resume ? (
        <Button
          component={Link}
          to={path.item({ courseId: course.id, itemId: resume.itemId })}
          variant="light"
          size="sm"
          className={classes.go ?? ''}
          aria-label={t(isBegun(course) ? 'dashboard.continueCourse' : 'dashboard.startCourse', {
            course: course.title
          })}
        >
          {t(isBegun(course) ? 'dashboard.continue' : 'dashboard.start')}
        </Button>
      ) : null}
    </>
  )
}

const isBegun = ({ progress, resume }: Card): boolean => progress.completed > 0 || resume?.state === 'in-progress'
