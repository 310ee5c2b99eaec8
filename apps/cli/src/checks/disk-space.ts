import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Check, fault, ok } from './check.ts'

/** Below this PostgreSQL may be unable to write what it needs to go on. */
const LEAST_GIB = 1

export const diskSpace: Check = {
  what: 'disk space',
  check: async ({ home }) => {
    const { bavail, bsize, ffree, files } = await statfs(nearest(home))
    const free = (bavail * bsize) / 1024 ** 3
    if (files > 0 && ffree < 10_000)
      return fault(`only ${ffree} files can still be made`, 'Remove many small files, or make a larger file system.')
    return free >= LEAST_GIB
      ? ok(`${free.toFixed(1)} GiB free`)
      : fault(
          `only ${free.toFixed(2)} GiB free for ${home}`,
          'Free some space, or move LYCEUM_HOME to a larger disk. Uploads stop before the database does.'
        )
  }
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}
