import type { CourseHome } from '@lyceum/course/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice } from '../../../ui/choice.tsx'
import { CourseChecks } from './course-checks.tsx'
import { LearnerPreview } from './learner-preview.tsx'

interface Props {
  readonly home: CourseHome
  /** One of the two, where somebody has asked for it. */
  readonly only?: 'checks' | 'preview'
}

/** Beside the outline: what to look at, or how it looks to a learner. */
export function BuilderAside({ home, only }: Props) {
  const { t } = useTranslation('teach')
  const [chosen, setChosen] = useState<'checks' | 'preview'>('checks')
  const shown = only ?? chosen
  return (
    <>
      {only ? null : (
        <Choice
          label={t('builder.beside')}
          value={shown}
          options={[
            { value: 'checks', label: t('checks.title') },
            { value: 'preview', label: t('preview.title') }
          ]}
          onChoose={setChosen}
        />
      )}
      {shown === 'checks' ? <CourseChecks home={home} /> : <LearnerPreview courseId={home.course.id} />}
    </>
  )
}
