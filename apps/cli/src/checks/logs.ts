import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { size } from '../database-report/advise.ts'
import { type Check, fault, ok, skipped } from './check.ts'

/** The log of PostgreSQL is turned over long before. */
const MOST_BYTES = 1024 ** 3

export const logs: Check = {
  what: 'size of logs',
  check: async ({ home }) => {
    const folder = join(home, 'logs')
    if (!existsSync(folder)) return skipped('made on the first start')
    const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))))
    const bytes = files.reduce((sum, file) => sum + file.size, 0)
    return bytes <= MOST_BYTES
      ? ok(`${size(bytes)} in ${folder}`)
      : fault(`${size(bytes)} in ${folder}`, 'They are not turned over: see who writes there, and remove the oldest.')
  }
}
