import type { Impact } from '@lyceum/platform/probe'
import type { FileContext } from '../context.ts'

const LATELY_MS = 24 * 60 * 60_000

/** Uploads that have begun and not ended; those of more than a day ago were most likely given up. */
export async function uploadsInFlight({ tx, now }: Pick<FileContext, 'tx' | 'now'>): Promise<readonly Impact[]> {
  const { count } = await tx
    .selectFrom('file.file')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('received_at', 'is', null)
    .where('deleted_at', 'is', null)
    .where('created_at', '>', new Date(now.getTime() - LATELY_MS).toISOString())
    .executeTakeFirstOrThrow()
  return [{ what: 'uploads in flight', count, until: null }]
}
