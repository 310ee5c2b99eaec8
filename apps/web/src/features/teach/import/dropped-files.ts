/** A file with its place inside the folder it came from. */
export interface PlacedFile {
  /** With `/` between folders, the outermost folder first. */
  readonly path: string
  readonly file: File
}

/** What a person gave: one archive, or files with their places. */
export type Source =
  | { readonly kind: 'zip'; readonly file: File }
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly PlacedFile[] }

const LITTER = /(^|\/)(\.[^/]*|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(\/|$)/

/** Hidden files and what programs leave behind are no part of a course. */
export const isLitter = (path: string): boolean => LITTER.test(path)

/** What was dropped, folders with everything in them. */
export async function sourceOfDrop(items: DataTransferItemList): Promise<Source | undefined> {
  // The list is emptied when the event is over; entries are taken from it before anything is waited for.
  const entries = [...items].flatMap((item) => {
    const entry = item.webkitGetAsEntry()
    return entry ? [entry] : []
  })
  const files = (await Promise.all(entries.map((entry) => filesOf(entry)))).flat()
  return sourceOf(files)
}

/** What was chosen with `<input type="file">`, with or without `webkitdirectory`. */
export const sourceOfInput = (list: FileList): Source | undefined =>
  sourceOf([...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })))

/** One zip is an archive; everything else is a folder, even a single page. */
export function sourceOf(given: readonly PlacedFile[]): Source | undefined {
  const files = given.filter(({ path }) => !isLitter(path))
  const [first] = files
  if (!first) return undefined
  if (files.length === 1 && /\.zip$/i.test(first.path)) return { kind: 'zip', file: first.file }
  const [top = '', rest] = first.path.split(/\/(.*)/s)
  return { kind: 'folder', name: rest === undefined ? withoutEnding(first.path) : top, files }
}

const withoutEnding = (name: string): string => name.replace(/\.[^.]+$/, '') || name

async function filesOf(entry: FileSystemEntry): Promise<PlacedFile[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (isLitter(path)) return []
  if (isFile(entry)) return [{ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }]
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const found: PlacedFile[] = []
  // A reader gives some hundred entries at a time, and none when it is done.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return found
    for (const child of batch) found.push(...(await filesOf(child)))
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
