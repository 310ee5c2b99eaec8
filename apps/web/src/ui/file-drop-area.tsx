import { Button, CloseButton } from '@mantine/core'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconCloudUpload from '@tabler/icons-react/dist/esm/icons/IconCloudUpload.mjs'
import { type DragEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './file-drop.module.css'
import { ProgressBar } from './progress.tsx'
import { sizeInWords } from './size-words.ts'
import { type UploadHandle, upload } from './upload.ts'

export interface FileDropProps {
  /** What to drop here, in words. */
  readonly label: string
  /** Media types or endings, as in `<input accept>`; everything unless given. */
  readonly accept?: string
  readonly multiple?: boolean
  /** Bytes; bigger files are refused before a byte is sent. */
  readonly maxSize?: number
  /** The bytes are on the server; `fileId` is what the API wants. The file may still be checked. */
  readonly onUploaded: (file: { readonly fileId: string; readonly name: string }) => void
}

interface Sending {
  readonly key: string
  readonly file: File
  readonly sent: number
  readonly state: 'sending' | 'paused' | 'done' | 'failed' | 'refused'
  readonly handle: UploadHandle | undefined
}

/** The area behind `FileDrop`. Dropping is a shortcut: the button does the same for everybody. */
export function FileDropArea({ label, accept, multiple = false, maxSize, onUploaded }: FileDropProps) {
  const { t, i18n } = useTranslation('ui')
  const [sendings, setSendings] = useState<readonly Sending[]>([])
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const labelId = useId()

  const change = (key: string, part: Partial<Sending>) =>
    setSendings((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)))

  const begin = (file: File) => {
    const key = crypto.randomUUID()
    if (maxSize !== undefined && file.size > maxSize) {
      setSendings((all) => [...all, { key, file, sent: 0, state: 'refused', handle: undefined }])
      return
    }
    const handle = upload(file, (sent) => change(key, { sent }))
    setSendings((all) => [...all, { key, file, sent: 0, state: 'sending', handle }])
    handle.done.then(
      (fileId) => {
        change(key, { state: 'done', sent: file.size })
        onUploaded({ fileId, name: file.name })
      },
      () => change(key, { state: 'failed' })
    )
  }
  const take = (files: FileList | null) => {
    for (const file of [...(files ?? [])].slice(0, multiple ? undefined : 1)) begin(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  const remove = (sending: Sending) => {
    if (sending.state === 'sending' || sending.state === 'paused') sending.handle?.cancel()
    setSendings((all) => all.filter(({ key }) => key !== sending.key))
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
      onDrop={drop}
    >
      <IconCloudUpload size={32} stroke={1.5} aria-hidden />
      <p id={labelId} className={classes.label}>
        {label}
      </p>
      <input
        ref={input}
        type="file"
        hidden
        multiple={multiple}
        {...(accept ? { accept } : {})}
        onChange={(event) => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
      <Button variant="default" onClick={() => input.current?.click()}>
        {t('upload.choose')}
      </Button>
      {maxSize === undefined ? null : (
        <p className={classes.hint}>{t('upload.limit', { size: sizeInWords(maxSize, i18n.language) })}</p>
      )}
      {sendings.length > 0 ? (
        <ul className={classes.files}>
          {sendings.map((sending) => (
            <li key={sending.key}>
              <div className={classes.file}>
                <bdi className={classes.name}>{sending.file.name}</bdi>
                <span role="status" className={classes.hint} data-bad={isBad(sending) || undefined}>
                  {sending.state === 'done' ? <IconCheck size={16} aria-hidden /> : null}
                  {t(`upload.${sending.state}`, { size: sizeInWords(sending.file.size, i18n.language) })}
                </span>
                {sending.state === 'sending' ? (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    onClick={() => {
                      sending.handle?.pause()
                      change(sending.key, { state: 'paused' })
                    }}
                  >
                    {t('upload.pause')}
                  </Button>
                ) : null}
                {sending.state === 'paused' || sending.state === 'failed' ? (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    onClick={() => {
                      if (sending.state === 'paused') {
                        sending.handle?.resume()
                        change(sending.key, { state: 'sending' })
                      } else {
                        remove(sending)
                        begin(sending.file)
                      }
                    }}
                  >
                    {t('upload.resume')}
                  </Button>
                ) : null}
                <CloseButton
                  aria-label={t('upload.remove', { name: sending.file.name })}
                  onClick={() => remove(sending)}
                />
              </div>
              {sending.state === 'sending' || sending.state === 'paused' ? (
                <ProgressBar
                  bare
                  label={sending.file.name}
                  completed={Math.round((100 * sending.sent) / Math.max(1, sending.file.size))}
                  total={100}
                />
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}

const isBad = ({ state }: Sending): boolean => state === 'failed' || state === 'refused'
