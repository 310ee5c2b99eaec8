import { lazy, Suspense } from 'react'
import type { FileDropProps } from './file-drop-area.tsx'
import { Loading } from './loading.tsx'

const FileDropArea = lazy(async () => ({ default: (await import('./file-drop-area.tsx')).FileDropArea }))

/** Uploads that survive a lost connection (tus), with progress per file; its code comes only when it is shown. */
export function FileDrop(props: FileDropProps) {
  return (
    <Suspense fallback={<Loading shape="rows" count={1} />}>
      <FileDropArea {...props} />
    </Suspense>
  )
}
