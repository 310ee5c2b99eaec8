import { Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api } from '../../../api.ts'
import { path } from '../../../path.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { useSubmit } from '../../../ui/use-submit.ts'

/** A course takes a title; everything else can wait. */
export function CreateCourse({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const formId = useId()
  const form = useSubmit(
    async ({ title = '' }) => {
      const course = await api.course.createCourse({ title: title.trim(), locale: i18n.language })
      void queryClient.invalidateQueries({ queryKey: ['listCourses'] })
      void queryClient.invalidateQueries({ queryKey: ['getDashboard'] })
      await navigate(path.courseEdit({ courseId: course.id }))
    },
    ({ title = '' }) => ({ title: title.trim() === '' ? t('createCourse.needsTitle') : undefined })
  )
  const fault = form.fieldError('title')
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t('createCourse.title')}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button type="submit" form={formId} loading={form.pending}>
            {t('createCourse.create')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={form.onSubmit} noValidate>
        <ProblemAlert error={form.error} fields={['title']} />
        <TextInput
          name="title"
          label={t('createCourse.name')}
          description={t('createCourse.hint')}
          dir="auto"
          maxLength={200}
          autoComplete="off"
          data-autofocus
          {...(fault ? { error: fault } : {})}
        />
      </form>
    </Dialog>
  )
}
