import type { Enrolment } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { LearnerPicker } from './learner-picker.tsx'

interface Props {
  readonly enrolment: Enrolment
  readonly onClose: () => void
}

/** Whose progress an observer may see. */
export function FollowedDialog({ enrolment, onClose }: Props) {
  const { t } = useTranslation('people')
  const queryClient = useQueryClient()
  const [chosen, setChosen] = useState<readonly string[]>(enrolment.observes)
  const save = useMutation({
    mutationFn: () => whileSaving(api.course.updateEnrolment({ enrolmentId: enrolment.id, observes: [...chosen] })),
    onSuccess: async () => {
      showToast(t('followed.saved'), { tone: 'good' })
      await queryClient.invalidateQueries({ queryKey: ['listEnrolments'] })
      onClose()
    }
  })
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t('followed.title', { name: enrolment.name })}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {t('followed.save', { count: chosen.length })}
          </Button>
        </>
      }
    >
      <ProblemAlert error={save.error} />
      <LearnerPicker courseId={enrolment.courseId} chosen={chosen} onChange={setChosen} />
    </Dialog>
  )
}
