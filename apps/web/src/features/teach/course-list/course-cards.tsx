import type { CourseCard } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { CourseCover } from '../../../ui/course-cover.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { StatusPill } from '../../../ui/status-pill.tsx'
import classes from './course-list.module.css'
import { useCourseFacts } from './use-course-facts.ts'
import { useRestoreCourse } from './use-restore-course.ts'

interface Props {
  readonly courses: readonly CourseCard[]
  readonly bin: boolean
}

/** Courses as cards: colour or picture, title, and what matters to the one who looks. */
export function CourseCards({ courses, bin }: Props) {
  return (
    <ul className={classes.cards}>
      {courses.map((course) => (
        <Card key={course.id} course={course} bin={bin} />
      ))}
    </ul>
  )
}

function Card({ course, bin }: { readonly course: CourseCard; readonly bin: boolean }) {
  const { t } = useTranslation('teach')
  const factsOf = useCourseFacts()
  const restore = useRestoreCourse()
  const courseId = course.id
  const isStaff = course.role !== 'learner' && course.role !== 'observer'
  const title = (
    <h2 className={classes.cardTitle}>
      <bdi>{course.title}</bdi>
    </h2>
  )
  return (
    <li className={classes.card}>
      <CourseCover course={course} />
      <div className={classes.cardBody}>
        <div className={classes.cardHead}>
          {course.code && course.coverUrl !== null ? <span className={classes.code}>{course.code}</span> : null}
          {isStaff && course.status !== 'published' ? <StatusPill status={course.status} /> : null}
        </div>
        {bin ? (
          title
        ) : (
          <Link to={path.course({ courseId })} className={classes.cardLink}>
            {title}
          </Link>
        )}
        <ul className={classes.facts}>
          {factsOf(course).map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
        {course.role === 'learner' && course.progress.total > 0 ? (
          <ProgressBar
            label={t('courseList.progress', { title: course.title })}
            completed={course.progress.completed}
            total={course.progress.total}
          />
        ) : null}
        {bin ? (
          <Button variant="default" size="sm" onClick={() => void restore(course)}>
            {t('courseList.restore')}
          </Button>
        ) : isStaff && course.role !== 'assistant' ? (
          <Link to={path.courseEdit({ courseId })} className={classes.edit}>
            {t('courseList.edit')}
            <span className={classes.hidden}> {course.title}</span>
          </Link>
        ) : null}
      </div>
    </li>
  )
}
