import { CloseButton, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { absoluteTime } from '../../ui/time-words.ts'
import { useViewer } from '../../ui/viewer.tsx'
import { fromLocalInput, toLocalInput } from './zoned-time.ts'

interface Props {
  readonly label: string
  /** ISO instant, or null for never. */
  readonly value: string | null
  readonly onChange: (value: string | null) => void
  /** A deadline lasts to the end of its minute. */
  readonly deadline?: boolean
  readonly description?: string
  readonly error?: string | undefined
}

/** A moment in the viewer's zone, which is named. */
export function MomentField({ label, value, onChange, deadline = false, description, error }: Props) {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value ? toLocalInput(value, timeZone) : ''}
      onChange={(event) => {
        const local = event.currentTarget.value
        // Half a date is what a keyboard leaves on its way to a whole one.
        if (local !== '') onChange(fromLocalInput(local, timeZone, deadline ? 59 : 0))
      }}
      description={value ? absoluteTime(new Date(value), i18n.language, timeZone) : (description ?? t('moment.none'))}
      {...(error ? { error } : {})}
      rightSectionPointerEvents="all"
      rightSection={
        value ? <CloseButton aria-label={t('moment.clear', { field: label })} onClick={() => onChange(null)} /> : null
      }
    />
  )
}
