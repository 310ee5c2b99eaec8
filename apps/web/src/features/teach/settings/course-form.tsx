import type { Course } from '@lyceum/course/contract'
import { NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { fieldErrorsOf } from '../../../ui/problem.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { SaveState } from '../../../ui/save-state.tsx'
import { Surface } from '../../../ui/surface.tsx'
import { ClashNotice } from '../clash-notice.tsx'
import { languageNameIn } from '../language-name.ts'
import { LANGUAGES } from '../languages.ts'
import { MomentField } from '../moment-field.tsx'
import { usePatch } from '../use-patch.ts'
import { ColorField } from './color-field.tsx'
import { CoverField } from './cover-field.tsx'
import classes from './settings.module.css'

const FIELDS = ['title', 'code', 'description', 'locale', 'startsAt', 'endsAt', 'coverFileId', 'color'] as const
type CourseFields = Pick<Course, (typeof FIELDS)[number]>

const fieldsOf = ({
  title,
  code,
  description,
  locale,
  startsAt,
  endsAt,
  coverFileId,
  color
}: Course): CourseFields => ({
  title,
  code,
  description,
  locale,
  startsAt,
  endsAt,
  coverFileId,
  color
})

/** The settings of a course; they save themselves. */
export function CourseForm({ course }: { readonly course: Course }) {
  const { t, i18n } = useTranslation('teach')
  const queryClient = useQueryClient()
  const courseId = course.id
  const patch = usePatch<CourseFields>({
    initial: fieldsOf(course),
    version: course.version,
    send: async (part, version) => {
      const saved = await api.course.updateCourse({ courseId, ...part }, { ifMatch: version })
      void queryClient.invalidateQueries({ queryKey: ['getCourseHome'] })
      void queryClient.invalidateQueries({ queryKey: ['listCourses'] })
      return saved
    },
    newest: async () => {
      const there = await api.course.getCourse({ courseId })
      return { values: fieldsOf(there), version: there.version }
    }
  })
  const { values, change } = patch
  const errors = fieldErrorsOf(patch.error)
  const fault = (field: string) => (errors[field] ? { error: errors[field] } : {})
  const backwards = values.startsAt && values.endsAt && values.endsAt <= values.startsAt
  const flush = () => void patch.flush()

  return (
    <Stack gap="lg">
      <div className={classes.state}>
        <SaveState state={patch.state} savedAt={patch.savedAt} />
      </div>
      <ProblemAlert error={patch.error} fields={FIELDS} />
      <ClashNotice clash={patch.clash} onSettle={patch.settle} />
      <Surface title={t('courseSettings.about')} description={t('courseSettings.aboutHint')}>
        <Stack gap="lg">
          <TextInput
            label={t('courseSettings.name')}
            required
            dir="auto"
            maxLength={200}
            value={values.title}
            onChange={(event) => change({ title: event.currentTarget.value })}
            onBlur={flush}
            {...(values.title.trim() === '' ? { error: t('createCourse.needsTitle') } : fault('title'))}
          />
          <TextInput
            label={t('courseSettings.code')}
            description={t('courseSettings.codeHint')}
            maxLength={40}
            value={values.code ?? ''}
            onChange={(event) => change({ code: event.currentTarget.value || null })}
            onBlur={flush}
            {...fault('code')}
          />
          <Textarea
            label={t('courseSettings.description')}
            description={t('courseSettings.descriptionHint')}
            dir="auto"
            rows={5}
            maxLength={10000}
            value={values.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
            onBlur={flush}
            {...fault('description')}
          />
          <NativeSelect
            label={t('courseSettings.language')}
            description={t('courseSettings.languageHint')}
            value={values.locale ?? ''}
            onChange={(event) => change({ locale: event.currentTarget.value || null }, 'now')}
            data={[
              { value: '', label: t('courseSettings.languageNone') },
              ...[...new Set([...LANGUAGES, ...(values.locale ? [values.locale] : [])])].map((value) => ({
                value,
                label: languageNameIn(i18n.language, value)
              }))
            ]}
            {...fault('locale')}
          />
        </Stack>
      </Surface>
      <Surface title={t('courseSettings.dates')} description={t('courseSettings.datesHint')}>
        <div className={classes.pair}>
          <MomentField
            label={t('courseSettings.startsAt')}
            value={values.startsAt}
            onChange={(startsAt) => change({ startsAt })}
            error={errors.startsAt}
          />
          <MomentField
            label={t('courseSettings.endsAt')}
            deadline
            value={values.endsAt}
            onChange={(endsAt) => change({ endsAt })}
            error={backwards ? t('courseSettings.endsBeforeStart') : errors.endsAt}
          />
        </div>
      </Surface>
      <Surface title={t('courseSettings.look')} description={t('courseSettings.lookHint')}>
        <Stack gap="lg">
          <CoverField
            coverUrl={course.coverUrl}
            originalId={course.coverFileId}
            fileId={values.coverFileId}
            onChange={(coverFileId) => change({ coverFileId }, 'now')}
          />
          <ColorField value={values.color} onChange={(color) => change({ color })} error={errors.color} />
        </Stack>
      </Surface>
    </Stack>
  )
}
