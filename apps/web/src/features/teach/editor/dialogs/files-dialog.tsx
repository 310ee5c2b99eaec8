import { Button } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../../api.ts'
import { Dialog } from '../../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../../ui/problem-alert.tsx'
import { ProgressBar } from '../../../../ui/progress.tsx'
import { type UploadHandle, upload } from '../../../../ui/upload.ts'
import { AltFields } from './alt-fields.tsx'
import classes from './dialogs.module.css'

interface Props {
  readonly editor: Editor
  readonly files: readonly File[]
  readonly onClose: () => void
}

/** Files on their way into the page, one after another: a picture is described meanwhile, anything else becomes a link. */
export function FilesDialog({ editor, files, onClose }: Props) {
  const [at, setAt] = useState(0)
  const file = files[at]
  if (!file) return null
  const next = () => (at + 1 < files.length ? setAt(at + 1) : onClose())
  return (
    <OneFile
      key={at}
      editor={editor}
      file={file}
      number={at + 1}
      count={files.length}
      onNext={next}
      onClose={onClose}
    />
  )
}

interface OneProps {
  readonly editor: Editor
  readonly file: File
  readonly number: number
  readonly count: number
  readonly onNext: () => void
  readonly onClose: () => void
}

function OneFile({ editor, file, number, count, onNext, onClose }: OneProps) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const isPicture = file.type.startsWith('image/')
  const { sent, done, error, retry } = useUpload(file)
  const [alt, setAlt] = useState('')
  const [decorative, setDecorative] = useState(false)
  const [waiting, setWaiting] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const preview = useMemo(() => (isPicture ? URL.createObjectURL(file) : ''), [file, isPicture])
  useEffect(() => () => URL.revokeObjectURL(preview), [preview])

  const insert = async (text: string) => {
    setWaiting(true)
    setFault(undefined)
    try {
      const stored = await ready(await done())
      if (isPicture)
        editor
          .chain()
          .focus()
          .insertContent({
            type: 'image',
            attrs: { src: stored.url, alt: text, width: stored.width, height: stored.height }
          })
          .run()
      else
        editor
          .chain()
          .focus()
          .insertContent({ type: 'text', text: file.name, marks: [{ type: 'link', attrs: { href: stored.url } }] })
          .run()
      onNext()
    } catch (refused) {
      setFault(refused)
      setWaiting(false)
    }
  }

  return (
    <Dialog
      opened
      onClose={onClose}
      title={
        count > 1
          ? t(isPicture ? 'picture.titleOf' : 'picture.fileTitleOf', { number, count })
          : t(isPicture ? 'picture.title' : 'picture.fileTitle')
      }
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          {isPicture ? (
            <Button variant="default" disabled={waiting} onClick={() => void insert('')}>
              {t('picture.skip')}
            </Button>
          ) : null}
          <Button
            loading={waiting}
            disabled={isPicture && alt.trim() === '' && !decorative}
            onClick={() => void insert(decorative ? '' : alt.trim())}
          >
            {t('picture.insert')}
          </Button>
        </>
      }
    >
      {isPicture ? (
        <img src={preview} alt="" className={classes.preview} />
      ) : (
        <p>
          <bdi>{file.name}</bdi>
        </p>
      )}
      <ProgressBar
        bare
        label={t('picture.uploading')}
        completed={Math.round((100 * sent) / Math.max(1, file.size))}
        total={100}
      />
      <ProblemAlert error={fault} />
      {error ? (
        <p className={classes.failed} role="alert">
          {t('picture.failed')}{' '}
          <Button size="compact-sm" variant="default" onClick={retry}>
            {t('picture.retry')}
          </Button>
        </p>
      ) : null}
      {isPicture ? <AltFields alt={alt} onAlt={setAlt} decorative={decorative} onDecorative={setDecorative} /> : null}
    </Dialog>
  )
}

/** Sends at once, while the person is still writing the description. */
function useUpload(file: File) {
  const [sent, setSent] = useState(0)
  const [error, setError] = useState(false)
  const handle = useRef<UploadHandle>(undefined)
  const start = useCallback(() => {
    const current = upload(file, setSent)
    handle.current = current
    setError(false)
    current.done.catch(() => setError(true))
  }, [file])
  useEffect(() => {
    start()
    return () => handle.current?.pause()
  }, [start])
  return {
    sent,
    error,
    retry: start,
    done: async () => {
      if (!handle.current) throw new Error('Sending has not begun.')
      return handle.current.done
    }
  }
}

const CHECK_MS = 400
const PATIENCE = 40

/** The file as it can be shown: the server looks at it first, which takes a moment. */
async function ready(fileId: string): Promise<{ url: string; width: number | null; height: number | null }> {
  for (let tries = 0; tries < PATIENCE; tries++) {
    const { state, url, width, height, reason } = await api.file.getFile({ fileId })
    if (state === 'quarantined') throw new Error(reason ?? 'The file was refused.')
    if (state === 'ready' && url) return { url, width, height }
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS))
  }
  throw new Error('The file is still being checked.')
}
