import type { CalendarKind } from '@lyceum/course/contract'
import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { KINDS } from './kind-mark.tsx'

/** Lets the kind of an event be chosen where the file left it open or was understood wrongly. */
export function KindChoice({
  value,
  label,
  onChoose
}: {
  readonly value: CalendarKind
  readonly label: string
  readonly onChoose: (kind: CalendarKind) => void
}) {
  const { t } = useTranslation('admin')
  return (
    <NativeSelect
      size="sm"
      aria-label={label}
      value={value}
      data={KINDS.map((kind) => ({ value: kind, label: t(`calendar.kinds.${kind}`) }))}
      onChange={({ currentTarget }) => {
        const kind = KINDS.find((one) => one === currentTarget.value)
        if (kind) onChoose(kind)
      }}
    />
  )
}
