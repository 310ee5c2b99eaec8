import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'

/** Kind, bucket or container, and prefix of a repository that is no folder. */
export const ADDRESS = /^(s3|azure):\/\/([^/]+)(?:\/(.*))?$/

/** Whether a file lies in or below a repository that is a folder. */
export function liesWithin(file: string, address: string): boolean {
  if (ADDRESS.test(address)) return false
  const [inner, outer] = [realPath(file), realPath(address)]
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`)
}

function realPath(path: string): string {
  const full = resolve(path)
  try {
    return realpathSync(full)
  } catch {
    const parent = dirname(full)
    return parent === full ? full : join(realPath(parent), basename(full))
  }
}
