import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** Absolute paths of everything the embedded PostgreSQL keeps. */
export interface HomeLayout {
  readonly home: string
  readonly data: string
  readonly secrets: string
  readonly passwordFile: string
  readonly logs: string
  readonly logFile: string
  readonly portFile: string
  readonly lockFile: string
  readonly holderFile: string
}

/** The layout below a home directory, which need not exist yet. */
export function layoutOf(directory: string): HomeLayout {
  const home = resolveLinks(resolve(directory))
  return {
    home,
    data: join(home, 'postgres'),
    secrets: join(home, 'secrets'),
    passwordFile: join(home, 'secrets', 'postgres-password'),
    logs: join(home, 'logs'),
    logFile: join(home, 'logs', 'postgres.log'),
    portFile: join(home, 'postgres.port'),
    lockFile: join(home, 'postgres.lock'),
    holderFile: join(home, 'postgres.holder')
  }
}

// The system reports the directories of processes with links resolved; comparing works only when ours are too.
function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(resolveLinks(parent), basename(path))
  }
}
