import type { Config } from '../../config/config.ts'
import { layoutOf } from '../../embedded-postgres/home-layout.ts'
import { createPgBackRestEngine } from '../pgbackrest/pgbackrest-engine.ts'
import type { DatabaseEngine } from './database-engine.ts'
import { createPhysicalEngine } from './physical-engine.ts'

/** The one that backs up the database of an installation: pgBackRest where somebody else runs it, ours for the embedded one. */
export function openEngine({
  config,
  home,
  ownerUrl,
  archivedWithinMs
}: {
  readonly config: Config
  readonly home: string
  readonly ownerUrl: string
  readonly archivedWithinMs?: number | undefined
}): DatabaseEngine {
  const patience = archivedWithinMs === undefined ? {} : { archivedWithinMs }
  return config.DATABASE_URL === null
    ? createPhysicalEngine({ url: ownerUrl, data: layoutOf(home).data, ...patience })
    : createPgBackRestEngine({ settings: config, url: ownerUrl, ...patience })
}
