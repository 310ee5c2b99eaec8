import type { ReactNode } from 'react'
import { SideSheet } from '../../../ui/dialog.tsx'

interface Props {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Loaded with the first tap, since most screens have room for the column. */
export default function OutlineSheet({ title, onClose, children }: Props) {
  return (
    <SideSheet opened onClose={onClose} title={title}>
      {children}
    </SideSheet>
  )
}
