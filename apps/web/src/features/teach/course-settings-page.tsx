import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { query } from '../../api.ts'
import { path } from '../../path.ts'
import { Page } from '../../shell/page.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { CourseForm } from './settings/course-form.tsx'
import { CourseLife } from './settings/course-life.tsx'

/** Settings of a course: what it is, how it looks, when it runs, and its end. */
export default function CourseSettingsPage() {
  const { t } = useTranslation('teach')
  const { courseId = '' } = useParams()
  // Asked anew each time: the version decides what may be changed.
  const { data: course, error, refetch } = useQuery({ ...query('course', 'getCourse', { courseId }), gcTime: 0 })
  return (
    <Page
      title={t('courseSettings.title')}
      width="form"
      crumbs={[
        { label: t('courseList.title'), to: path.courses() },
        ...(course ? [{ label: course.title, to: path.course({ courseId }) }] : [])
      ]}
    >
      {course ? (
        <>
          {course.deletedAt === null ? <CourseForm key={course.id} course={course} /> : null}
          <CourseLife course={course} />
        </>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}
