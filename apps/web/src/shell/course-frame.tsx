import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Outlet, useParams } from 'react-router'
import { query } from '../api.ts'
import { path } from '../path.ts'
import { useLens } from './lens.tsx'
import { SectionMenu } from './section-menu.tsx'

/** The pages of one course; learners have only its home, so they see no menu. */
export function CourseFrame() {
  const { t } = useTranslation()
  const { courseId = '' } = useParams()
  const { asLearner } = useLens(courseId)
  const { data } = useQuery(query('course', 'getCourseHome', { courseId }))
  const may = asLearner ? undefined : data?.abilities
  const links = [
    { to: path.course({ courseId }), label: t('course.home'), exact: true },
    ...(may?.edit ? [{ to: path.courseEdit({ courseId }), label: t('course.edit') }] : []),
    ...(may?.managePeople ? [{ to: path.coursePeople({ courseId }), label: t('course.people') }] : []),
    ...(may?.seeProgress ? [{ to: path.courseProgress({ courseId }), label: t('course.progress') }] : []),
    ...(may?.edit ? [{ to: path.courseSettings({ courseId }), label: t('course.settings') }] : [])
  ]
  return (
    <SectionMenu label={t('course.menu')} links={links}>
      <Outlet />
    </SectionMenu>
  )
}
