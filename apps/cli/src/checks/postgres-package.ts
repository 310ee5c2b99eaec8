import { findBinaries } from '@lyceum/platform/postgres-binaries'
import { type Check, fault, ok, skipped } from './check.ts'

export const postgresPackage: Check = {
  what: 'embedded PostgreSQL',
  check: async ({ config }) => {
    if (config.DATABASE_URL) return skipped('not used: DATABASE_URL is set')
    try {
      return ok(`${(await findBinaries()).version}, for ${process.platform}-${process.arch}`)
    } catch (error) {
      return fault(
        error instanceof Error ? error.message : String(error),
        'Run “npm ci” on this machine, or set DATABASE_URL.'
      )
    }
  }
}
