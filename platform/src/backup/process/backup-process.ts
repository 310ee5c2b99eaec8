import { wordsOf } from '../backup-error.ts'
import { checkInstallation } from '../check/check-installation.ts'
import { createBackup, pushUploads } from '../create-backup.ts'
import type { BackupOrder, BackupReport } from './run-apart.ts'

/** Everything of a backup that takes time, in a process that the server starts and gives little of the machine. */
process.once('message', (order: BackupOrder) => {
  perform(order)
    .catch((error: unknown): BackupReport => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed'
      return { ok: false, code, message: wordsOf(error) }
    })
    .then((report) => process.send?.(report, () => process.exit(0)))
})
// The server is gone: whoever starts next begins anew.
process.once('disconnect', () => process.exit(1))

async function perform({ task, ...place }: BackupOrder): Promise<BackupReport> {
  const told = { ...place, tell: () => undefined }
  if (task === 'push') {
    const { added, faults } = await pushUploads(told)
    return { ok: true, message: `${added} uploaded files stored`, faults }
  }
  if (task === 'check') {
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
