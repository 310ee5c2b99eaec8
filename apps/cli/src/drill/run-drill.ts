import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { openScratch, type Trial } from '@lyceum/platform/backup/scratch'
import { CommandFailed, exitCodes } from '../outcome.ts'
import type { DrillReport } from './drill.ts'
import type { Drilling, DrillOrder } from './drilling.ts'
import { followRunbook } from './follow-runbook.ts'
import { createMachine, inShell, killLeftOver, type Machine } from './machine.ts'
import { makeDisaster } from './make-disaster.ts'

const TRIAL: Trial = {
  names: ['drilled-machine', 'drilled-repository', 'drilled-safe'],
  busy: { code: 'drill.busy', what: 'Another drill' }
}
/** The school, what was put aside of it, its backups, and log. */
const COPIES = 3.5
const LEAST_ROOM = 1024 ** 3
/** A drill that has its folder, and has not begun. */
export interface Drill {
  /**
   * Makes the disaster, and does what the runbook says.
   * @throws CommandFailed where the school could not be got ready: then nothing was found out. What went wrong after the disaster is in
   *   the answer.
   */
  run(): Promise<DrillReport>
  /** Ends every process of it and removes what it made; may be called again, and while it runs. */
  close(): Promise<void>
}

/**
 * Takes the folder for a drill: a disaster that happens to a copy of the school, on a machine of its own, and what the runbook says after it,
 * by the very commands that are printed there. Nothing of what serves is touched, and nothing is left behind.
 *
 * @throws BackupError `drill.busy`, CommandFailed `drill.no-room`
 */
export async function openDrill(order: DrillOrder): Promise<Drill> {
  const scratch = await openScratch(order.scratch, TRIAL)
  let machine: Machine | undefined
  const closeAll = async (): Promise<void> => {
    await machine?.close()
    await scratch.close()
  }
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= closeAll()
    return closed
  }
  try {
    await mustHaveRoom(order)
    const folders = TRIAL.names.map((name) => scratch.home(name))
    const [folder = '', repository = '', safe = ''] = folders
    killLeftOver(folder)
    for (const name of TRIAL.names) await scratch.remove(name)
    for (const one of folders) await mkdir(one, { recursive: true })
    machine = createMachine(folder, environmentOf(order))
    const blanks = { repository: inShell(repository), key: inShell(join(safe, 'identity.txt')), instant: '' }
    const drilling: Drilling = { ...order, machine, folder, blanks }
    return { run: () => runDrill(drilling), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function runDrill(drilling: Drilling): Promise<DrillReport> {
  const { kind, plan, now } = drilling
  const startedAt = now().toISOString()
  const fault = await makeDisaster(drilling).catch((error: unknown) => {
    throw new CommandFailed(
      'drill.not-begun',
      `The school could not be got ready for the drill, so nothing was found out. ${error instanceof Error ? error.message : String(error)}`
    )
  })
  const done = await followRunbook(drilling, fault)
  return { kind, set: plan?.set.id ?? null, startedAt, finishedAt: now().toISOString(), ...done }
}

function environmentOf({ settings }: DrillOrder): Record<string, string> {
  const { RELEASE, BACKUP_ARCHIVE_SECONDS, MAIL_FROM } = settings
  return {
    RELEASE,
    BACKUP_ARCHIVE_SECONDS: String(BACKUP_ARCHIVE_SECONDS),
    MAIL_FROM
  }
}

async function mustHaveRoom({ plan, scratch }: DrillOrder): Promise<void> {
  const bytes = plan === null ? 0 : plan.set.sizes.databaseBytes + plan.set.sizes.fileBytes
  const needed = bytes * COPIES + LEAST_ROOM
  const { bavail, bsize } = await statfs(scratch)
  if (bavail * bsize >= needed) return
  const inGigabytes = (size: number): string => `${(size / 1024 ** 3).toFixed(1)} GB`
  throw new CommandFailed(
    'drill.no-room',
    `${scratch} has ${inGigabytes(bavail * bsize)} free, and the drill needs ${inGigabytes(needed)}. Name a folder on another disk: --scratch DIR`,
    exitCodes.refused
  )
}
