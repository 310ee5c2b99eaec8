import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BackupError, wordsOf } from '../backup-error.ts'
import type { Repository } from '../repository/repository.ts'
import { type ArchivedFile, archiveFile } from './archived-log.ts'
import { copyFiles, copyLog } from './copy-log.ts'
import { openLogDoor } from './log-door.ts'
import { isArchivable } from './log-sequence.ts'
import { readSystemIdentifier } from './pg-control.ts'

export interface Archiver {
  close(): Promise<void>
}

const COPY_EVERY_MS = 60_000
const WHOLE_EVERY_MS = 60 * 60_000

/**
 * Answers the archive_command of the database in `data`: yes, when the file is in the first repository. To the second one
 * everything is copied afterwards, whenever that can be reached.
 *
 * @param options.folder where the command finds us
 * @param options.open opens the repositories; asked again until they can be opened
 */
export async function openArchiver({
  data,
  folder,
  open,
  warn
}: {
  readonly data: string
  readonly folder: string
  readonly open: () => Promise<readonly Repository[]>
  readonly warn: (message: string) => void
}): Promise<Archiver> {
  let opened: Promise<readonly Repository[]> | undefined
  const repositories = (): Promise<readonly Repository[]> => {
    opened ??= open()
    opened.catch(() => {
      opened = undefined
    })
    return opened
  }
  const copier = copyBehind(repositories, data, warn)

  const keep = async (file: string): Promise<Buffer> => {
    const path = join(data, 'pg_wal', file)
    // Only what PostgreSQL has finished: whoever else asks must not get half a segment archived.
    if (!isArchivable(file) || !existsSync(join(data, 'pg_wal', 'archive_status', `${file}.ready`)))
      throw new BackupError('backup.not-ready', `${file} is nothing that waits to be archived.`)
    try {
      const [first] = await repositories()
      if (first === undefined) throw new BackupError('backup.off', 'Backups are off: BACKUP_REPOSITORY is not set.')
      copier.copy(await archiveFile(first, await readSystemIdentifier(data), file, await readFile(path)))
    } catch (error) {
      warn(`${file} could not be archived and is tried again: ${wordsOf(error)}`)
      throw error
    }
    return Buffer.alloc(0)
  }

  const door = await openLogDoor(folder, keep)
  return {
    close: async () => {
      await door.close()
      await copier.close()
    }
  }
}

/** Brings to the second repository what the first one has: everything once and every hour, in between what is new. */
function copyBehind(
  repositories: () => Promise<readonly Repository[]>,
  data: string,
  warn: (message: string) => void
): { copy(file: ArchivedFile): void; close(): Promise<void> } {
  const waiting = new Set<ArchivedFile>()
  let wholeAt = Number.NEGATIVE_INFINITY
  let copying: Promise<void> | undefined
  let lastWarning = ''

  const copyAll = async (): Promise<void> => {
    const [first, offsite] = await repositories()
    if (first === undefined || offsite === undefined) return waiting.clear()
    if (performance.now() - wholeAt > WHOLE_EVERY_MS) {
      await copyLog(first, offsite, await readSystemIdentifier(data))
      wholeAt = performance.now()
    }
    while (waiting.size > 0) {
      const files = [...waiting]
      await copyFiles(first, offsite, files)
      for (const file of files) waiting.delete(file)
    }
    lastWarning = ''
  }
  const run = (): void => {
    copying ??= copyAll()
      .catch((error: unknown) => {
        const message = `The log is not in the second repository yet: ${wordsOf(error)}`
        if (message !== lastWarning) warn(message)
        lastWarning = message
      })
      .finally(() => {
        copying = undefined
      })
  }
  const timer = setInterval(run, COPY_EVERY_MS)
  timer.unref()
  run()
  return {
    copy: (file) => {
      waiting.add(file)
      run()
    },
    close: async () => {
      clearInterval(timer)
      await copying
    }
  }
}
