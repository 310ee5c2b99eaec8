import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, fault, ok, skipped } from './check.ts'

export const secretFiles: Check = {
  what: 'secrets',
  check: async ({ config, home }) => {
    const folder = join(home, 'secrets')
    if (!existsSync(folder)) return skipped('made on the first start')
    const open = ['.', ...readdirSync(folder)].filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
    if (open.length > 0)
      return fault(
        `others on this machine may read ${open.map((name) => join(folder, name)).join(', ')}`,
        `chmod 700 ${folder} && chmod 600 ${folder}/*   and, if somebody may have read them, replace them.`
      )
    const started = existsSync(join(home, 'files'))
    const needed = [
      ...(started && config.TOKEN_SECRET === null ? ['token-secret'] : []),
      ...(started && config.FILE_SECRET === null ? ['file-secret'] : []),
      ...(config.DATABASE_URL === null && existsSync(join(home, 'postgres')) ? ['postgres-password'] : [])
    ]
    const missing = needed.filter((name) => !existsSync(join(folder, name)))
    return missing.length === 0
      ? ok('there, and readable by their owner only')
      : fault(
          `${missing.join(', ')} missing in ${folder}`,
          'Restore them from the backup. Without it “lyceum start” makes new ones: everybody signs in again.'
        )
  }
}
