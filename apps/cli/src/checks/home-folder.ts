import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Check, fault, ok } from './check.ts'

export const homeFolder: Check = {
  what: 'LYCEUM_HOME',
  check: async ({ home }) => {
    const there = nearest(home)
    if (!statSync(there).isDirectory())
      return fault(`${there} is a file`, 'Move it away, or set LYCEUM_HOME to a folder.')
    try {
      accessSync(there, constants.W_OK | constants.X_OK)
    } catch {
      return fault(
        `${there} cannot be written by this user`,
        `Make the user that runs Lyceum its owner: sudo chown -R $(id -un) ${there}`
      )
    }
    if (there !== home) return ok(`${home} will be made on the first start`)
    const { uid, mode } = statSync(home)
    const me = process.getuid?.() ?? uid
    if (uid !== me && me !== 0)
      return fault(`${home} belongs to user ${uid}, this is user ${me}`, `sudo chown -R $(id -un) ${home}`)
    if (mode & 0o002) return fault(`anybody on this machine may write ${home}`, `chmod o-w ${home}`)
    return ok(home)
  }
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path))
}
