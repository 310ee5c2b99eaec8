import { lazy, Suspense } from 'react'
import { Loading } from './loading.tsx'

const FileDropArea = lazy(async () => ({ default: (await import('./file-drop-area.tsx')).FileDropArea }))

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

/** Uploads that survive a lost connection (tus), with progress per file; its code comes only when it is shown. */
export function FileDrop(props: FileDropProps) {
  return (
    <Suspense fallback={<Loading shape="rows" count={1} />}>
      <FileDropArea {...props} />
    </Suspense>
  )
}
