import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@lyceum/platform/clock'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { journalFolder } from './facts/folders.ts'
import { fileJournals } from './journal/journal.ts'
import { openLock } from './journal/lease.ts'
import type { Keeping, Target } from './target.ts'

/**
 * The way this installation runs: `host`, `compose`, `kubernetes`, or the path of a module of one's own whose
 * `openTarget(root)` makes a `Target`.
 * @throws release.no-target
 */
export async function openTarget(kind: string, root: string): Promise<Target> {
  if (kind === 'host') {
    const { openHostTarget } = await import('../target/host/open-host-target.ts')
    return openHostTarget(root)
  }
  if (kind === 'compose') {
    const { openComposeTarget } = await import('../target/compose/open-compose-target.ts')
    return openComposeTarget(root)
  }
  if (kind === 'kubernetes') {
    const { openKubernetesTarget } = await import('../target/kubernetes/open-kubernetes-target.ts')
    return openKubernetesTarget(root)
  }
  if (!existsSync(kind))
    throw new CommandFailed(
      'release.no-target',
      `There is no way to release called “${kind}” here. It is host, compose or kubernetes, or give the path of a module that exports openTarget(root).`,
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

/** Journals and the lock, without asking anything of what runs where they are files under the root. */
export const openKeeping = async (kind: string, root: string): Promise<Keeping> =>
  kind === 'kubernetes' ? ((await openTarget(kind, root)).keeping ?? filesUnder(root)) : filesUnder(root)

export const filesUnder = (root: string): Keeping => ({
  journals: fileJournals(journalFolder(root)),
  lock: openLock(journalFolder(root), systemClock)
})
