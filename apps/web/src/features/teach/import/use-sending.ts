import { useEffect, useRef, useState } from 'react'
import { api } from '../../../api.ts'
import { type UploadHandle, upload } from '../../../ui/upload.ts'
import type { Source } from './dropped-files.ts'

interface Sending {
  readonly step: 'choosing' | 'packing' | 'sending' | 'paused' | 'starting' | 'failed'
  readonly name: string
  readonly folder: boolean
  /** Bytes. */
  readonly done: number
  readonly total: number
  readonly error: unknown
}

const CHOOSING: Sending = { step: 'choosing', name: '', folder: false, done: 0, total: 0, error: undefined }

/** From what a person gave to an import that runs on the server: pack, upload resumably, start. */
export function useSending(onStarted: (importId: string) => void) {
  const [sending, setSending] = useState(CHOOSING)
  const [nothing, setNothing] = useState(false)
  const work = useRef<{ source?: Source; upload?: UploadHandle; packed?: File; abort?: AbortController }>({})
  const change = (part: Partial<Sending>) => setSending((before) => ({ ...before, ...part }))
  const busy = sending.step !== 'choosing' && sending.step !== 'failed'

  useEffect(() => {
    if (!busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [busy])
  useEffect(() => () => stop(work.current), [])

  const run = async (source: Source) => {
    const abort = new AbortController()
    work.current = { ...work.current, source, abort }
    setNothing(false)
    const packed = work.current.packed ?? (await pack(source, abort.signal, setSending))
    work.current.packed = packed
    change({ step: 'sending', done: 0, total: packed.size, error: undefined })
    const handle = upload(packed, (done) => change({ done }))
    work.current.upload = handle
    const fileId = await handle.done
    if (abort.signal.aborted) return
    change({ step: 'starting', done: packed.size })
    const { id } = await api.course.createCourseImport({ fileId })
    onStarted(id)
  }
  const tryRun = (source: Source) => {
    const { signal } = work.current.abort ?? {}
    run(source).catch((error: unknown) => {
      if (work.current.abort?.signal.aborted || signal?.aborted) return
      change({ step: 'failed', error })
    })
  }

  return {
    ...sending,
    nothing,
    start: (source: Source | undefined) => {
      if (!source) return setNothing(true)
      work.current = {}
      tryRun(source)
    },
    pause: () => {
      work.current.upload?.pause()
      change({ step: 'paused' })
    },
    resume: () => {
      const { source, upload: handle } = work.current
      if (sending.step === 'paused' && handle) {
        handle.resume()
        change({ step: 'sending' })
      } else if (source) tryRun(source)
    },
    cancel: () => {
      stop(work.current)
      work.current = {}
      setSending(CHOOSING)
    }
  }
}

function stop({ abort, upload: handle }: { abort?: AbortController; upload?: UploadHandle }): void {
  abort?.abort()
  handle?.done.catch(() => undefined)
  handle?.pause()
}

async function pack(source: Source, signal: AbortSignal, tell: (sending: Sending) => void): Promise<File> {
  if (source.kind === 'zip') {
    tell({ ...CHOOSING, step: 'sending', name: source.file.name, total: source.file.size })
    return source.file
  }
  const total = source.files.reduce((sum, { file }) => sum + file.size, 0)
  const packing: Sending = { ...CHOOSING, step: 'packing', name: source.name, folder: true, total }
  tell(packing)
  const { packFolder } = await import('./pack-folder.ts')
  return packFolder(source.name, source.files, (done) => tell({ ...packing, done: Math.min(done, total) }), signal)
}
