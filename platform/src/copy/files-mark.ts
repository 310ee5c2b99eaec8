import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { openObjects } from '../storage/open-storage.ts'

/** Beside the objects of a copy, under a name that no object has. */
const NAME = '.lyceum-copy'

/** Says that the files these settings lead to are a copy, as `lyceum restore` does together with `markAsCopy`. */
export async function markFilesAsCopy(config: Config, home: string, of: string): Promise<void> {
  const objects = await openObjects(config)
  if (objects) return objects.putBytes(NAME, Buffer.from(`${of}\n`))
  await mkdir(join(home, 'files'), { recursive: true })
  await writeFile(join(home, 'files', NAME), `${of}\n`)
}

/** Whether this home was restored as a copy. What it writes must never come among the backups of the original. */
export const isHomeOfCopy = (home: string): boolean => existsSync(join(home, 'files', NAME))

/** Whether these files are a copy: database and files are restored together, but settings can name the files of an original. */
export async function areFilesOfCopy(config: Config, home: string): Promise<boolean> {
  const objects = await openObjects(config)
  if (objects) return (await objects.size(NAME)) !== undefined
  return readFile(join(home, 'files', NAME)).then(
    () => true,
    () => false
  )
}
