import type { OutlineUnit } from '@lyceum/course/contract'
import { Button, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { SideSheet } from '../../../ui/dialog.tsx'
import { fieldErrorsOf } from '../../../ui/problem.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { SaveState } from '../../../ui/save-state.tsx'
import { ClashNotice } from '../clash-notice.tsx'
import { MomentField } from '../moment-field.tsx'
import { usePatch } from '../use-patch.ts'
import { useBuilder } from './builder-context.ts'
import { PrerequisiteField } from './prerequisite-field.tsx'

interface Props {
  readonly unitId: string
  readonly units: readonly OutlineUnit[]
  readonly onClose: () => void
}

/** Settings of a unit beside the outline; they save themselves. */
export function UnitSettings({ unitId, units, onClose }: Props) {
  const { t } = useTranslation('teach')
  const queryClient = useQueryClient()
  const unit = units.find(({ id }) => id === unitId)
  const close = () => {
    void queryClient.invalidateQueries({ queryKey: ['getCourseHome'] })
    onClose()
  }
  if (!unit) return null
  return (
    <SideSheet
      opened
      onClose={close}
      title={<bdi>{unit.title}</bdi>}
      footer={<Button onClick={close}>{t('itemSettings.done')}</Button>}
    >
      <UnitForm unit={unit} units={units} />
    </SideSheet>
  )
}

type UnitFields = Pick<OutlineUnit, 'title' | 'opensAt' | 'requires'>

const fieldsOf = ({ title, opensAt, requires }: OutlineUnit): UnitFields => ({ title, opensAt, requires })

function UnitForm({ unit, units }: { readonly unit: OutlineUnit; readonly units: readonly OutlineUnit[] }) {
  const { t } = useTranslation('teach')
  const { courseId } = useBuilder()
  const patch = usePatch<UnitFields>({
    initial: fieldsOf(unit),
    version: unit.version,
    send: (part, version) => api.course.updateUnit({ unitId: unit.id, ...part }, { ifMatch: version }),
    newest: async () => {
      const home = await api.course.getCourseHome({ courseId })
      const there = home.units.find(({ id }) => id === unit.id) ?? unit
      return { values: fieldsOf(there), version: there.version }
    }
  })
  const errors = fieldErrorsOf(patch.error)
  return (
    <Stack gap="lg">
      <SaveState state={patch.state} savedAt={patch.savedAt} />
      <ProblemAlert error={patch.error} fields={['title', 'opensAt', 'requires']} />
      <ClashNotice clash={patch.clash} onSettle={patch.settle} />
      <TextInput
        label={t('unitSettings.name')}
        dir="auto"
        maxLength={200}
        value={patch.values.title}
        onChange={(event) => patch.change({ title: event.currentTarget.value })}
        onBlur={() => void patch.flush()}
        {...(errors.title ? { error: errors.title } : {})}
      />
      <MomentField
        label={t('itemSettings.opensAt')}
        value={patch.values.opensAt}
        onChange={(opensAt) => patch.change({ opensAt })}
        error={errors.opensAt}
      />
      <PrerequisiteField
        id={unit.id}
        of="unit"
        units={units}
        value={patch.values.requires}
        onChange={(requires) => patch.change({ requires }, 'now')}
        error={errors.requires}
      />
    </Stack>
  )
}
