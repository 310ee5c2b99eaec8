import { makeZip } from 'client-zip'
import type { PlacedFile } from './dropped-files.ts'

/**
 * One zip out of many files, read and written piece by piece: the browser keeps it on disk where memory is scarce.
 * The same folder always becomes the same file, so that an upload that broke off goes on.
 * @param onProgress bytes read so far
 */
export async function packFolder(
  name: string,
  files: readonly PlacedFile[],
  onProgress: (read: number) => void,
  signal: AbortSignal
): Promise<File> {
  let read = 0
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      read += chunk.byteLength
      onProgress(read)
      controller.enqueue(chunk)
    }
  })
  const inputs = files
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
    .map(({ path, file }) => ({ name: path, input: file, lastModified: file.lastModified, size: file.size }))
  const blob = await new Response(makeZip(inputs).pipeThrough(counted, { signal })).blob()
  const lastModified = files.reduce((latest, { file }) => Math.max(latest, file.lastModified), 0)
  return new File([blob], `${name}.zip`, { type: 'application/zip', lastModified })
}
