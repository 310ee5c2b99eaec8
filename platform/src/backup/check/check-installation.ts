import { type Clock, systemClock } from '../../clock.ts'
import type { Config } from '../../config/config.ts'
import { layoutOf } from '../../embedded-postgres/home-layout.ts'
import { archiveFolder, openBackups } from '../open-backups.ts'
import { type BackupFinding, checkBackups } from './check-backups.ts'

/** Looks at the backups of an installation with the embedded database. @throws BackupError where there is nothing to look at */
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
  return checkBackups({
    url: ownerUrl,
    data: layoutOf(home).data,
    folder: archiveFolder(home),
    first,
    offsite,
    now: () => clock.now(),
    ...(archivedWithinMs === undefined ? {} : { archivedWithinMs })
  })
}
