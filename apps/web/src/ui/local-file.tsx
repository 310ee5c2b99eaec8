import { Button } from '@mantine/core'
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs'
import { type ReactNode, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './file-drop.module.css'

interface Props {
  /** What to drop here, in words. */
  readonly label: string
  /** Media types or endings, as in `<input accept>`. */
  readonly accept: string
  readonly hint?: ReactNode
  readonly loading?: boolean
  readonly onChosen: (file: File) => void
}

/** One file that is read in the browser instead of being uploaded. Dropping is a shortcut for the button. */
export function LocalFile({ label, accept, hint, loading = false, onChosen }: Props) {
  const { t } = useTranslation('ui')
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const labelId = useId()
  const take = (files: FileList | null) => {
    const [file] = files ?? []
    if (file && !loading) onChosen(file)
  }
  return (
    <section
      aria-labelledby={labelId}
      className={classes.area}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
    >
      <IconFileText size={32} stroke={1.5} aria-hidden />
      <p id={labelId} className={classes.label}>
        {label}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={(event) => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
      <Button loading={loading} onClick={() => input.current?.click()}>
        {t('upload.choose')}
      </Button>
      {hint ? <p className={classes.hint}>{hint}</p> : null}
    </section>
  )
}
