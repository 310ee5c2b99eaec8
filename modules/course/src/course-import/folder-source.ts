import { createReadStream } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { ImportRefused, type ImportWarning } from './course-import.ts'
import type { CourseSource, SourceFile } from './course-source.ts'
import { compareNaturally, isLitter } from './source-path.ts'

/**
 * A course in a folder of this machine. Hidden files and `node_modules` are passed over; so are symbolic links that
 * leave the folder and links to folders (they could go in circles), with a warning.
 * Throws `course-import.folder-not-found`.
 */
export async function openFolderSource(folder: string): Promise<CourseSource> {
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new ImportRefused('course-import.folder-not-found', 'There is no such folder. Check the path and try again.')
  }
  const found = new Map<string, { onDisk: string; size: number }>()
  const warnings: ImportWarning[] = []
  await collect(root, root, '', found, warnings)

  const onDisk = (path: string): string => {
    const file = found.get(path)
    if (file) return file.onDisk
    throw new ImportRefused('course-import.file-not-found', 'The folder has no such file. Check its name.', path)
  }
  return {
    name: basename(resolve(folder)),
    warnings,
    list: async () => listed(found),
    read: async (path) => readFile(onDisk(path)),
    open: async (path): Promise<Readable> => createReadStream(onDisk(path)),
    close: async () => {}
  }
}

async function collect(
  root: string,
  folder: string,
  prefix: string,
  found: Map<string, { onDisk: string; size: number }>,
  warnings: ImportWarning[]
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`.normalize('NFC')
    if (isLitter(entry.name)) continue
    const onDisk = join(folder, entry.name)
    if (entry.isDirectory()) {
      await collect(root, onDisk, `${path}/`, found, warnings)
      continue
    }
    const target = entry.isSymbolicLink() ? await linkTarget(root, onDisk) : onDisk
    const status = target === undefined ? undefined : await stat(target)
    if (target !== undefined && status?.isFile()) found.set(path, { onDisk: target, size: status.size })
    else if (entry.isSymbolicLink()) warnings.push(linkSkipped(path))
  }
}

async function linkTarget(root: string, link: string): Promise<string | undefined> {
  const target = await realpath(link).catch(() => undefined)
  return target?.startsWith(root + sep) ? target : undefined
}

function linkSkipped(path: string): ImportWarning {
  const message =
    'This symbolic link leads out of the folder or to a folder, and was left out. Put a copy in its place.'
  return { code: 'course-import.link-skipped', path, message }
}

function listed(found: Map<string, { size: number }>): SourceFile[] {
  return [...found].map(([path, { size }]) => ({ path, size })).sort((a, b) => compareNaturally(a.path, b.path))
}
