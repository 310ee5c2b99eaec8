import type { CourseCard } from '@lyceum/course/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'

/** Takes a course out of the bin and says so. */
export function useRestoreCourse(): (course: Pick<CourseCard, 'id' | 'title'>) => Promise<void> {
  const { t } = useTranslation('teach')
  const words = useProblemWords()
  const queryClient = useQueryClient()
  return async ({ id, title }) => {
    try {
      await whileSaving(api.course.restoreCourse({ courseId: id }))
      showToast(t('courseList.restored', { title }), { tone: 'good' })
    } catch (error) {
      showToast(words(error), { tone: 'bad' })
    }
    await queryClient.invalidateQueries({ queryKey: ['listCourses'] })
  }
}
