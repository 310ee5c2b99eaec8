import { defineJob } from '@lyceum/platform/module'
import { sql } from 'kysely'
import Type, { type Static } from 'typebox'
import type { FileContext, FileJob, FileServices } from '../context.ts'
import { lockStorage } from './file.ts'

export const RemoveBytes = defineJob('file.remove-bytes', Type.Object({ key: Type.String() }))

/** Removes bytes that no file of the school has any more, and the renditions made of them. */
export const removeBytes =
  ({ storage }: Pick<FileServices, 'storage'>) =>
  ({ transact }: FileJob, { key }: Static<typeof RemoveBytes.payload>): Promise<void> =>
    transact(async (context) => {
      // Under the lock nobody begins to use these bytes between the look and the deletion.
      await lockStorage(context)
      if (await hasFile(context, key)) return
      const renditions = await context.tx
        .deleteFrom('file.rendition')
        .where('sha256', '=', key.slice(key.indexOf('/') + 1))
        .returning(['key'])
        .execute()
      for (const unused of new Set([key, ...renditions.flatMap((rendition) => rendition.key ?? [])]))
        if (!(await hasFile(context, unused)) && !(await hasRendition(context, unused))) await storage.delete(unused)
    })

const hasFile = async ({ tx }: FileContext, key: string): Promise<boolean> =>
  (await tx
    .selectFrom('file.file')
    .select(sql`1`.as('one'))
    .where('key', '=', key)
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst()) !== undefined

const hasRendition = async ({ tx }: FileContext, key: string): Promise<boolean> =>
  (await tx
    .selectFrom('file.rendition')
    .select(sql`1`.as('one'))
    .where('key', '=', key)
    .limit(1)
    .executeTakeFirst()) !== undefined
