import type { CourseCard } from '@lyceum/course/contract'
import { useTranslation } from 'react-i18next'
import { shortDate } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'

/** What a card says in small letters: role, learners, when it starts or ended. */
export function useCourseFacts(): (course: CourseCard) => string[] {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const date = (instant: string) => shortDate(new Date(instant), i18n.language, timeZone)
  return ({ role, learners, lock, startsAt, endsAt }) => {
    const now = new Date().toISOString()
    return [
      ...(role && role !== 'learner' ? [t(`courseList.role.${role}`)] : []),
      ...(learners === null ? [] : [t('courseList.learners', { count: learners })]),
      ...(startsAt && (startsAt > now || lock.some(({ code }) => code === 'course-starts-at'))
        ? [t('courseList.starts', { date: date(startsAt) })]
        : []),
      ...(endsAt ? [t(endsAt < now ? 'courseList.ended' : 'courseList.ends', { date: date(endsAt) })] : [])
    ]
  }
}
