import { parentPort, workerData } from 'node:worker_threads'
import { readBackupKey } from '../backup-key.ts'
import { openRepositories } from '../repository/open-repositories.ts'
import { type Archiver, openArchiver } from './archiver.ts'
import type { ArchiverOrder } from './archiver-worker.ts'

/** The parsing edge of the thread: `startArchiver` sends nothing else. */
const { data, folder, settings } = workerData as ArchiverOrder
const port = parentPort
if (port === null) throw new Error('This file runs in a thread of its own.')

const archiver: Archiver = await openArchiver({
  data,
  folder,
  open: async () =>
    openRepositories(settings, await readBackupKey({ recipient: settings.BACKUP_RECIPIENT, identity: null })),
  warn: (message) => port.postMessage({ warn: message })
})
port.postMessage({ ready: true })
port.on('message', () => {
  archiver.close().finally(() => port.close())
})
