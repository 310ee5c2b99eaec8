import { defineJob } from '@lyceum/platform/module'
import Type, { type Static } from 'typebox'
import type { FileJob } from '../context.ts'
import { removeFile } from '../file/delete-file.ts'
import type { UploadLocks } from './upload-locks.ts'
import type { UploadStore } from './upload-store.ts'

export const ExpireUpload = defineJob('file.expire-upload', Type.Object({ fileId: Type.String() }))

/** Time a sender has to come back and go on. */
export const UPLOAD_LIFETIME_MS = 7 * 24 * 60 * 60 * 1000

/** Clears away an upload nobody came back to; the space it had reserved is free again. */
export const expireUpload =
  (uploads: UploadStore, locks: UploadLocks) =>
  ({ transact }: FileJob, { fileId }: Static<typeof ExpireUpload.payload>): Promise<void> =>
    locks.hold(fileId, async () => {
      const received = await transact(async (context) => {
        const row = await context.tx
          .selectFrom('file.file')
          .select(['received_at'])
          .where('id', '=', fileId)
          .where('deleted_at', 'is', null)
          .executeTakeFirst()
        if (row?.received_at === null) await removeFile(context, fileId)
        return row !== undefined && row.received_at !== null
      })
      if (!received) await uploads.discard(fileId)
    })
