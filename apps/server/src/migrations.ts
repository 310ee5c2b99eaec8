import { fileURLToPath } from 'node:url'
import { type Migration, readMigrations } from '@lyceum/platform/migration'

const folder = (path: string) => fileURLToPath(new URL(`../../../${path}/migrations`, import.meta.url))

/** Every migration of this release, platform first, then modules in the order of their dependencies. */
export const allMigrations = (): Migration[] =>
  readMigrations([
    { module: 'platform', folder: folder('platform') },
    { module: 'user', folder: folder('modules/user') },
    { module: 'file', folder: folder('modules/file') },
    { module: 'course', folder: folder('modules/course') },
    { module: 'notification', folder: folder('modules/notification') }
  ])
