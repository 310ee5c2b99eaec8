import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './zoom.module.css'

interface Props {
  readonly src: string
  readonly alt: string
  readonly onClose: () => void
}

/** A picture over the whole screen; Escape closes it. */
export function Zoom({ src, alt, onClose }: Props) {
  const { t } = useTranslation('ui')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog ref={dialog} className={classes.zoom} onClose={onClose} aria-label={alt || undefined}>
      <img src={src} alt={alt} />
      <button type="button" className={classes.close} onClick={onClose}>
        {t('close')}
      </button>
    </dialog>
  )
}
