import { checkInstallation } from '../check/check-installation.ts'
import { createBackup, pushUploads } from '../create-backup.ts'
import { PART, partScratchOf, scratchOf, sweepScratch } from '../verify/scratch.ts'
import { answerOrder } from './answer-order.ts'
import type { BackupOrder, BackupReport } from './run-apart.ts'

/** Everything of a backup that takes time, in a process that the server starts and gives little of the machine. */
answerOrder(perform)

async function perform({ task, ...place }: BackupOrder): Promise<BackupReport> {
  const told = { ...place, tell: () => undefined }
  if (task === 'push') {
    const { added, faults } = await pushUploads(told)
    return { ok: true, message: `${added} uploaded files stored`, faults }
  }
  if (task === 'verify') throw new Error('Sets are tried out by a process that has the whole product')
  if (task === 'check') {
    // A trial that was killed leaves a database that runs, and as much on the disk.
    await sweepScratch(scratchOf(place.home))
    await sweepScratch(partScratchOf(place.home), PART)
    const found = await checkInstallation(told)
    const faults = found.filter(({ state }) => state === 'fault')
    return {
      ok: true,
      message: `${found.length} looks at the backups`,
      faults: faults.map(({ what, message, remedy }) => `${what}: ${message} ${remedy}`)
    }
  }
  const { set, faults, offsite } = await createBackup(told, { type: task })
  return {
    ok: true,
    message: `set ${set.id} (${set.type})`,
    faults: [...faults, ...(offsite?.fault ? [`second repository: ${offsite.fault}`] : [])]
  }
}
