import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandFailed, exitCodes } from '../outcome.ts'
import type { Target } from './target.ts'

/**
 * The way this installation runs: `host`, or the path of a module of one's own whose `openTarget(root)` makes a `Target`.
 * @throws release.no-target
 */
export async function openTarget(kind: string, root: string): Promise<Target> {
  if (kind === 'host') {
    const { openHostTarget } = await import('../target/host/open-host-target.ts')
    return openHostTarget(root)
  }
  if (!existsSync(kind))
    throw new CommandFailed(
      'release.no-target',
      `There is no way to release called “${kind}” here. Give the path of a module that exports openTarget(root).`,
      exitCodes.usage
    )
  const module: unknown = await import(pathToFileURL(resolve(kind)).href)
  if (
    typeof module !== 'object' ||
    module === null ||
    !('openTarget' in module) ||
    typeof module.openTarget !== 'function'
  )
    throw new CommandFailed('release.no-target', `${kind} exports no openTarget(root).`, exitCodes.usage)
  // Written by somebody else against the interface; what it lacks shows at its first use.
  return (await module.openTarget(root)) as Target
}
