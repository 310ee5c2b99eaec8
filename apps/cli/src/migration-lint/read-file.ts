import { basename, dirname, resolve } from 'node:path'
import { type Migration, readMigrations } from '@lyceum/platform/migration'
import { CommandFailed, exitCodes } from '../outcome.ts'

/** One migration by its path; its folder is read as a module's, so that its number and chain are right. */
export function readMigrationFile(path: string): Migration {
  const folder = dirname(resolve(path))
  const found = readMigrations([{ module: basename(dirname(folder)), folder }]).find(
    ({ file }) => file === resolve(path)
  )
  if (found) return found
  throw new CommandFailed('migrate.no-file', `There is no migration ${path}. Name a .sql file.`, exitCodes.usage)
}
