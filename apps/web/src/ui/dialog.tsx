import { Drawer, Modal } from '@mantine/core'
import '@mantine/core/styles/Overlay.css'
import '@mantine/core/styles/ModalBase.css'
import '@mantine/core/styles/Modal.css'
import '@mantine/core/styles/Drawer.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './dialog.module.css'

interface Props {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly children: ReactNode
  /** Buttons at the end, the primary one last. */
  readonly footer?: ReactNode
}

/** A short question or form in front of the page. Focus goes in, stays in, and returns to where it came from. */
export function Dialog({
  opened,
  onClose,
  title,
  children,
  footer,
  wide = false
}: Props & { readonly wide?: boolean }) {
  const { t } = useTranslation('ui')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={wide ? 'xl' : 'md'}
      centered
      returnFocus
      classNames={{ content: classes.content, header: classes.header, title: classes.title, body: classes.body }}
      overlayProps={{ backgroundOpacity: 0.45 }}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {children}
      {footer ? <div className={classes.footer}>{footer}</div> : null}
    </Modal>
  )
}

/** Settings or details beside the page; a sheet from below on a phone. */
export function SideSheet({ opened, onClose, title, children, footer }: Props) {
  const { t, i18n } = useTranslation('ui')
  const phone = window.matchMedia('(max-width: 48em)').matches
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position={phone ? 'bottom' : i18n.dir() === 'rtl' ? 'left' : 'right'}
      size={phone ? '88dvh' : 440}
      returnFocus
      classNames={{ content: classes.content, header: classes.header, title: classes.title, body: classes.body }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {children}
      {footer ? <div className={classes.footer}>{footer}</div> : null}
    </Drawer>
  )
}
