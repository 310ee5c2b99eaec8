import { CloseButton } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './toast.module.css'
import { closeToast, type Toast, useToasts } from './toast.ts'

/** Where toasts appear; one per app. */
export function ToastRegion() {
  const { t } = useTranslation('ui')
  const toasts = useToasts()
  return (
    <section className={classes.region} aria-label={t('toasts')} aria-live="polite" data-chrome>
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const { t } = useTranslation('ui')
  const [held, setHeld] = useState(false)
  const left = useRef(toast.lasts)
  useEffect(() => {
    if (held) return
    const since = Date.now()
    const timer = setTimeout(() => closeToast(toast.id), left.current)
    return () => {
      clearTimeout(timer)
      left.current -= Date.now() - since
    }
  }, [held, toast.id])

  return (
    <article
      className={classes.toast}
      data-tone={toast.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={classes.message}>{toast.message}</span>
      {toast.action ? (
        <button
          type="button"
          className={classes.action}
          onClick={() => {
            toast.action?.run()
            closeToast(toast.id)
          }}
        >
          {toast.action.label}
        </button>
      ) : null}
      <CloseButton aria-label={t('close')} onClick={() => closeToast(toast.id)} className={classes.close} />
    </article>
  )
}
