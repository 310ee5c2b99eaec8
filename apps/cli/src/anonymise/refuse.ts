import { type CatalogTable, findGaps } from '@lyceum/platform/catalog'
import type { Columns } from '@lyceum/platform/column-policy'
import type { Config } from '@lyceum/platform/config'
import type { Connection, CopyMark } from '@lyceum/platform/copy-mark'
import type { MigrationStatus } from '@lyceum/platform/migrate'
import { CommandFailed, exitCodes } from '../outcome.ts'

const refuse = (code: string, message: string): never => {
  throw new CommandFailed(`anonymise.${code}`, message, exitCodes.refused)
}

/** Nothing on a machine that says of itself that it serves a school. @throws CommandFailed, exit code 3 */
export function mustNotBeProduction(
  env: Readonly<Record<string, string | undefined>>,
  config: Pick<Config, 'LYCEUM_ENV'>
): void {
  const name =
    config.LYCEUM_ENV === 'production' ? 'LYCEUM_ENV' : env.NODE_ENV === 'production' ? 'NODE_ENV' : undefined
  if (name !== undefined)
    refuse(
      'production',
      `${name}=production: what this command does to an installation cannot be taken back. Restore a backup as a copy, on another machine or with settings of its own that say ${name}=staging, and run it there.`
    )
}

/**
 * A copy that was marked as one, and not spoiled by a run that was broken off too late.
 * @param isConfigured whether the settings of this installation lead to the same database
 * @throws CommandFailed, exit code 3
 */
export function mustBeCopy(mark: CopyMark | undefined, isConfigured: boolean): CopyMark {
  if (!mark)
    return refuse(
      'not-a-copy',
      isConfigured
        ? 'The database is the installation’s own (DATABASE_URL), and nothing marks it as a copy. Nothing was changed. Restore a backup as a copy beside it, and name that with --database and --home.'
        : 'Nothing marks this database as a copy: it may be an original. Nothing was changed. Restore a backup as a copy: that marks it.'
    )
  if (mark.state === 'rewritten' || mark.state === 'not-clean')
    return refuse(
      'spoiled',
      `This copy of ${mark.of} was rewritten${mark.state === 'rewritten' ? ' by a run that did not end' : ', and somebody was found in it afterwards'}. Who was in it is not known any more, so nothing could be proven. Nothing was changed. Remove it, restore it again and run this to the end.`
    )
  return mark
}

/** @throws CommandFailed, exit code 3 */
export function mustHaveFilesOfCopy(isCopy: boolean, place: string): void {
  if (!isCopy)
    refuse(
      'files-not-a-copy',
      `The database is a copy, but nothing marks the files at ${place} as one: they may be those of the original, and every one of them would go. Nothing was changed. Name the folder that was restored with the database: --home, or the settings of its own object storage.`
    )
}

/** @throws CommandFailed, exit code 3 naming who is connected */
export async function mustBeAlone(connection: Connection): Promise<void> {
  const { rows } = await connection.query<{ who: string; count: number }>(`
    select coalesce(nullif(application_name, ''), usename::text, backend_type) as who, count(*)::int as count
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
    group by 1 order by 1`)
  if (rows.length > 0)
    refuse(
      'in-use',
      `Somebody is connected to this database: ${rows.map(({ who, count }) => `${who} (${count})`).join(', ')}. Nothing was changed. Stop what runs on the copy; if it should not be a copy at all, stop here.`
    )
}

/** @throws CommandFailed, exit code 3 naming every column that nobody has said anything about */
export function mustBeKnown(catalog: readonly CatalogTable[], columns: Columns): void {
  const { undeclared, unknown } = findGaps(catalog, columns)
  const faults = [
    ...(undeclared.length > 0 ? [`not declared: ${undeclared.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`missing here: ${unknown.join(', ')}`] : [])
  ]
  if (faults.length > 0)
    refuse(
      'columns-unknown',
      `This database has other columns than this release knows (${faults.join('; ')}). Nothing was changed. Use the release that the copy belongs to, or bring the copy up to this one: lyceum migrate up.`
    )
}

/** @throws CommandFailed, exit code 3 */
export function mustBeMigrated({ pending, ahead, foreign }: MigrationStatus): void {
  const names = [...pending, ...ahead, ...foreign].map(({ module, name }) => `${module}/${name}`)
  if (names.length > 0)
    refuse(
      'schema',
      `The schema of the copy is not the one of this release (${names.join(', ')}). Nothing was changed. Use the release that the copy belongs to, or bring the copy up to this one: lyceum migrate up.`
    )
}
