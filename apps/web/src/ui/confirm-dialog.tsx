import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface Props {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode
  /** The verb on the button: "End sign-in", never "OK". */
  readonly confirm: string
  readonly onConfirm: () => Promise<unknown>
  /** For what cannot be undone. */
  readonly danger?: boolean
}

/** Asks before what cannot be undone. Where undo is possible, do it at once and offer `showUndo` instead. */
export function ConfirmDialog({ opened, onClose, title, children, confirm, onConfirm, danger = false }: Props) {
  const { t } = useTranslation('ui')
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()

  const close = () => {
    setError(undefined)
    onClose()
  }
  const run = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onConfirm()
      close()
    } catch (fault) {
      setError(fault)
    } finally {
      setPending(false)
    }
  }

  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={title}
      footer={
        <>
          <Button variant="default" onClick={close} data-autofocus={danger || undefined}>
            {t('cancel')}
          </Button>
          <Button onClick={run} loading={pending} {...(danger ? { color: 'danger' } : { 'data-autofocus': true })}>
            {confirm}
          </Button>
        </>
      }
    >
      <ProblemAlert error={error} />
      {children}
    </Dialog>
  )
}
