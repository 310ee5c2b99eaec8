import { type Clock, systemClock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import { layoutOf } from '../../embedded-postgres/home-layout.ts'
import { archiveFolder, openBackups } from '../open-backups.ts'
import { checkBackups } from './check-backups.ts'
import { checkPgBackRest } from './check-pgbackrest.ts'
import type { BackupFinding } from './look.ts'

/** Looks at the backups of an installation. @throws BackupError where there is nothing to look at */
export async function checkInstallation({
  config,
  home,
  ownerUrl,
  archivedWithinMs,
  clock = systemClock
}: {
  readonly config: Config
  readonly home: string
  readonly ownerUrl: string
  readonly archivedWithinMs?: number | undefined
  readonly clock?: Clock
}): Promise<BackupFinding[]> {
  const { first, offsite } = await openBackups(config)
  const sets = { first, offsite, now: () => clock.now() }
  if (config.DATABASE_URL !== null)
    return checkPgBackRest({ ...sets, settings: config, url: ownerUrl, archivedWithinMs })
  return checkBackups({
    ...sets,
    url: ownerUrl,
    data: layoutOf(home).data,
    folder: archiveFolder(home),
    ...(archivedWithinMs === undefined ? {} : { archivedWithinMs })
  })
}
