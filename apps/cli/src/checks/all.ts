import { backups } from './backups.ts'
import { browser } from './browser.ts'
import type { Check } from './check.ts'
import { clock, connections, databaseRoles, databaseVersion, schema } from './database.ts'
import { diskSpace } from './disk-space.ts'
import { drills } from './drills.ts'
import { exposure } from './exposure.ts'
import { homeFolder } from './home-folder.ts'
import { mailServer } from './mail-server.ts'
import { memory } from './memory.ts'
import { broker, objectStorage, redis } from './neighbours.ts'
import { nodeVersion } from './node-version.ts'
import { port } from './port.ts'
import { postgresPackage } from './postgres-package.ts'
import { runningState } from './running-state.ts'
import { secretFiles } from './secret-files.ts'
import { namedSecretFiles, secretAges, secretValues } from './secret-values.ts'
import { settings } from './settings.ts'
import { webBuild } from './web-build.ts'

/** In the order in which one mends things. */
export const allChecks: readonly Check[] = [
  nodeVersion,
  settings,
  homeFolder,
  diskSpace,
  memory,
  postgresPackage,
  secretFiles,
  namedSecretFiles,
  secretValues,
  secretAges,
  databaseVersion,
  connections,
  databaseRoles,
  schema,
  backups,
  drills,
  clock,
  port,
  exposure,
  runningState,
  redis,
  broker,
  objectStorage,
  mailServer,
  webBuild,
  browser
]
