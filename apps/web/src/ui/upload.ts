import { Upload } from 'tus-js-client'
import { whileSaving } from './saving.ts'

const ENDPOINT = '/api/v1/uploads'
/** Small enough that a lost connection costs seconds on a slow line, large enough to keep a fast one busy. */
const CHUNK_BYTES = 5 * 1024 * 1024

export interface UploadHandle {
  readonly done: Promise<string>
  readonly pause: () => void
  readonly resume: () => void
  readonly cancel: () => void
}

/** Sends a file by tus 1.0.0, going on where an earlier try stopped. `done` is the file's id. */
export function upload(file: File, onProgress: (sent: number, size: number) => void): UploadHandle {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const tus = new Upload(file, {
    endpoint: ENDPOINT,
    chunkSize: CHUNK_BYTES,
    retryDelays: [0, 1000, 3000, 10_000, 30_000],
    metadata: { filename: file.name, filetype: file.type },
    headers: { 'x-lyceum-csrf': '1' },
    removeFingerprintOnSuccess: true,
    onProgress,
    onError: reject,
    onSuccess: () => resolve(new URL(tus.url ?? '', location.href).pathname.split('/').at(-1) ?? '')
  })
  const start = async () => {
    const [earlier] = await tus.findPreviousUploads()
    if (earlier) tus.resumeFromPreviousUpload(earlier)
    tus.start()
  }
  start().catch(reject)
  return {
    done: whileSaving(promise),
    pause: () => void tus.abort(),
    resume: () => tus.start(),
    cancel: () => {
      void tus.abort(true)
      reject(new DOMException('Cancelled', 'AbortError'))
    }
  }
}
