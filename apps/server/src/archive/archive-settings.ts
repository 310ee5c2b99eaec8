import { join, resolve } from 'node:path'
import type { Config } from '@lyceum/platform/config'
import { allArchives } from './all-archives.ts'
import type { ArchiveOptions } from './run-archive.ts'

/** ARCHIVE_AFTER_DAYS says what nobody can follow. */
export class ArchiveDaysUnknown extends Error {
  readonly code = 'archive.days-unknown'
}

export const archiveFolder = ({ ARCHIVE_FOLDER, LYCEUM_HOME }: Config): string =>
  resolve(ARCHIVE_FOLDER ?? join(LYCEUM_HOME, 'archive'))

/** What is to be archived here, as the settings say. @throws ArchiveDaysUnknown */
export const archiveSettings = (
  config: Config
): Pick<ArchiveOptions, 'folder' | 'policies' | 'afterDays' | 'keepDays'> => ({
  folder: archiveFolder(config),
  policies: allArchives,
  afterDays: daysOf(config),
  keepDays: config.ARCHIVE_KEEP_DAYS
})

function daysOf({ ARCHIVE_AFTER_DAYS }: Config): ReadonlyMap<string, number> {
  const names = allArchives.map(({ name }) => name)
  return new Map(
    ARCHIVE_AFTER_DAYS.map((entry): [string, number] => {
      const [name = '', days = ''] = entry.split('=')
      if (!names.includes(name) || !/^\d{1,5}$/.test(days) || Number(days) < 1)
        throw new ArchiveDaysUnknown(
          `ARCHIVE_AFTER_DAYS has “${entry}”. Write name=days with one of ${names.join(', ')} and at least one day, such as mails=30.`
        )
      return [name, Number(days)]
    })
  )
}
