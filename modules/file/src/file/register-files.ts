import { defineError } from '@lyceum/platform/errors'
import { type Asking, askFirst } from '@lyceum/platform/module'
import type { FileContext, FileServices, Given } from '../context.ts'
import { type File, FileStored } from '../contract.ts'
import { describeFiles } from './describe-files.ts'
import { FileNotFound, lockStorage, reserveStorage } from './file.ts'
import { cleanFileName } from './file-name.ts'
import { type Findings, inspectFile } from './inspect-file.ts'

const KeyForeign = defineError(
  'file.key-foreign',
  'invalid',
  (key: string) => `${key} is not where this school's bytes of that digest lie. Register what storage answered.`
)

/** Opening more at once gains nothing on a disk and takes file handles. */
const AT_ONCE = 8

interface Measured extends Findings {
  readonly id: string
  readonly name: string
  readonly key: string
  readonly sha256: string
}

/** Registering the same id again changes nothing, so that an interrupted import can simply go on. */
export const registerFiles = ({
  storage,
  keys,
  tenantLimitBytes
}: Pick<FileServices, 'storage' | 'keys' | 'tenantLimitBytes'>) => {
  const describe = describeFiles({ keys })

  const measure = async (file: Given<'registerFiles'>['files'][number], tenantId: string): Promise<Measured> => {
    if (file.key !== `${tenantId}/${file.sha256}`) throw KeyForeign(file.key)
    const name = cleanFileName(file.name)
    const copy = await storage.localCopy(file.key)
    try {
      return { id: file.id, name, key: file.key, sha256: file.sha256, ...(await inspectFile(copy.path, name)) }
    } finally {
      await copy.release()
    }
  }

  return askFirst(
    async ({ caller }: Asking, { files }: Given<'registerFiles'>): Promise<Measured[]> => {
      const measured: Measured[] = []
      for (let start = 0; start < files.length; start += AT_ONCE)
        measured.push(
          ...(await Promise.all(files.slice(start, start + AT_ONCE).map((file) => measure(file, caller.tenantId))))
        )
      return measured
    },
    async (
      context: FileContext,
      { files }: Given<'registerFiles'>,
      measured: Measured[]
    ): Promise<{ files: File[] }> => {
      await lockStorage(context)
      // Measured under the lock: bytes that were being removed a moment ago are missed now, not when somebody reads them.
      const sizes = await Promise.all(measured.map(({ key }) => storage.size(key)))
      await reserveStorage(
        context,
        sizes.reduce((sum, size) => sum + size, 0),
        tenantLimitBytes
      )
      if (measured.length > 0) await insert(context, measured, sizes)
      const { files: described } = await describe(context, { fileIds: files.map(({ id }) => id) })
      const byId = new Map(described.map((file) => [file.id, file]))
      return {
        files: files.map(({ id }) => {
          const file = byId.get(id)
          if (!file) throw FileNotFound()
          return file
        })
      }
    }
  )
}

async function insert({ tx, now, caller, publish }: FileContext, files: Measured[], sizes: number[]): Promise<void> {
  const rows = await tx
    .insertInto('file.file')
    .values(
      files.map(({ id, name, key, sha256, mediaType, scripted, width, height }, index) => ({
        id,
        name,
        media_type: mediaType,
        size: sizes[index] ?? 0,
        sha256,
        key,
        scripted,
        width,
        height,
        state: 'ready' as const,
        received_at: now,
        created_at: now,
        created_by: caller.userId
      }))
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'name', 'media_type as mediaType', 'size'])
    .execute()
  for (const { id, ...facts } of rows) await publish(FileStored, { fileId: id, ...facts })
}
