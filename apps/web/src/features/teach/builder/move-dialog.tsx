import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'
import { Button, NativeSelect, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../../ui/dialog.tsx'
import type { Move } from './arrangement.ts'

interface Props {
  readonly units: readonly OutlineUnit[]
  readonly items: readonly OutlineItem[]
  readonly onMove: (move: Move) => void
  readonly onClose: () => void
}

const TOP = 'top'

/** Moving without dragging: a unit, and after what in it. */
export function MoveDialog({ units, items, onMove, onClose }: Props) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const ids = items.map(({ id }) => id)
  const [unitId, setUnitId] = useState(items[0]?.unitId ?? units[0]?.id ?? '')
  const others = units.find(({ id }) => id === unitId)?.items.filter(({ id }) => !ids.includes(id)) ?? []
  const [after, setAfter] = useState(others.at(-1)?.id ?? TOP)
  const choose = (id: string) => {
    const inUnit = units.find((unit) => unit.id === id)?.items.filter((one) => !ids.includes(one.id)) ?? []
    setUnitId(id)
    setAfter(inUnit.at(-1)?.id ?? TOP)
  }
  return (
    <Dialog
      opened
      onClose={onClose}
      title={
        items.length === 1
          ? t('moveDialog.titleOne', { title: items[0]?.title ?? '' })
          : t('moveDialog.title', { count: items.length })
      }
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button onClick={() => onMove({ kind: 'items', ids, unitId, after: after === TOP ? null : after })}>
            {t('moveDialog.move')}
          </Button>
        </>
      }
    >
      <Stack gap="md">
        <NativeSelect
          label={t('moveDialog.unit')}
          data-autofocus
          value={unitId}
          onChange={(event) => choose(event.currentTarget.value)}
          data={units.map(({ id, title }) => ({ value: id, label: title }))}
        />
        <NativeSelect
          label={t('moveDialog.place')}
          value={after}
          onChange={(event) => setAfter(event.currentTarget.value)}
          data={[
            { value: TOP, label: t('moveDialog.first') },
            ...others.map(({ id, title }) => ({ value: id, label: t('moveDialog.after', { title }) }))
          ]}
        />
      </Stack>
    </Dialog>
  )
}
