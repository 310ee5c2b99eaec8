import type { Enrolment } from '@lyceum/course/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast, showUndo } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'

/** Takes people out of their course and offers to bring them back; their progress is kept meanwhile. */
export function useEndEnrolments(): (enrolments: readonly Enrolment[]) => Promise<void> {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const words = useProblemWords()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['listEnrolments'] })

  const undo = async (ended: readonly Enrolment[]) => {
    try {
      await whileSaving(bringBack(ended))
      showToast(t('coursePeople.broughtBack', { count: ended.length }), { tone: 'good' })
    } catch (error) {
      showToast(words(error), { tone: 'bad' })
    }
    await refresh()
  }

  return async (enrolments) => {
    const { ended, refusal } = await whileSaving(end(enrolments))
    await refresh()
    if (ended.length > 0) {
      const [only] = ended
      const message =
        only && ended.length === 1
          ? t('coursePeople.removedOne', { name: only.name })
          : t('coursePeople.removed', { count: ended.length })
      showUndo(message, t('undo'), () => void undo(ended))
    }
    if (refusal !== undefined) showToast(words(refusal), { tone: 'bad' })
  }
}

async function end(enrolments: readonly Enrolment[]): Promise<{ ended: Enrolment[]; refusal: unknown }> {
  const ended: Enrolment[] = []
  let refusal: unknown
  for (const enrolment of enrolments) {
    try {
      await api.course.endEnrolment({ enrolmentId: enrolment.id })
      ended.push(enrolment)
    } catch (error) {
      refusal = error
    }
  }
  return { ended, refusal }
}

/** Learners come first: observers can follow nobody who is not there. */
async function bringBack(ended: readonly Enrolment[]): Promise<void> {
  const order = ended.toSorted((one, other) => Number(one.role === 'observer') - Number(other.role === 'observer'))
  for (const { courseId, role, email, name, observes } of order)
    await api.course.enrolPeople({
      courseId,
      role,
      people: [{ email, name }],
      ...(role === 'observer' ? { observes } : {})
    })
}
