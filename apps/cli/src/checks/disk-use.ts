import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ADDRESS } from '@lyceum/platform/backup/address'
import { type Check, type Finding, fault, ok } from './check.ts'

/** As the alert. */
const MOST_USED = 0.85

/** How full the disks are that Lyceum writes to: its home, and a repository that is a folder. */
export const diskUse: Check = {
  what: 'disk usage',
  check: async ({ config, home }) => {
    const { BACKUP_REPOSITORY: repository } = config
    const folders = [home, ...(repository === null || ADDRESS.test(repository) ? [] : [repository])]
    return judgeUse(await Promise.all(folders.map(async (folder) => ({ folder, used: await usedOf(nearest(folder)) }))))
  }
}

export function judgeUse(disks: readonly { readonly folder: string; readonly used: number }[]): Finding {
  const said = disks.map(({ folder, used }) => `${folder}: ${Math.round(used * 100)} % used`).join('; ')
  return disks.some(({ used }) => used > MOST_USED)
    ? fault(said, 'docs/operators/runbooks/disk-full.md says what may go. lyceum database report says what grows.')
    : ok(said)
}

async function usedOf(folder: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(folder)
  const used = blocks - bfree
  return used / Math.max(1, used + bavail)
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)))
