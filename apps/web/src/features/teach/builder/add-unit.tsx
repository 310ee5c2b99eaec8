import { Button } from '@mantine/core'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { handleId } from './use-moving.ts'
import type { OutlineEdits } from './use-outline-edits.ts'

/** A new unit at the end, named by its number until somebody writes over it. */
export function AddUnit({ edits, number }: { readonly edits: OutlineEdits; readonly number: number }) {
  const { t } = useTranslation('teach')
  const [pending, setPending] = useState(false)
  const add = async () => {
    setPending(true)
    const unit = await edits.addUnit(t('builder.unitNumber', { number }))
    setPending(false)
    if (unit) requestAnimationFrame(() => document.getElementById(handleId(unit.id))?.focus())
  }
  return (
    <Button
      variant="default"
      size="md"
      loading={pending}
      leftSection={<IconPlus size={20} aria-hidden />}
      onClick={() => void add()}
    >
      {t('builder.addUnit')}
    </Button>
  )
}
