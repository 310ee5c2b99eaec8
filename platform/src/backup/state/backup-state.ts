import { asked, type Repository, readJson } from '../repository/repository.ts'
import { setFile } from '../set/set.ts'
import { type LastProofs, type Query, readLastProofs } from '../verify/proof.ts'

/** What an installation knows of its backups. */
export interface BackupState extends LastProofs {
  /** When the newest set was finished; null where there is none, undefined where the repository did not say. */
  readonly lastSetAt: Date | null | undefined
  /** For how long nothing of the log has been archived; null where PostgreSQL archives none. */
  readonly archiveLagSeconds: number | null
}

/** What the database knows of it; the newest set is the repository's to say. */
export const readFromDatabase = async (query: Query): Promise<Omit<BackupState, 'lastSetAt'>> => ({
  ...(await readLastProofs(query)),
  archiveLagSeconds: await readArchiveLag(query)
})

/** When the newest set of a repository was finished: ids sort by time, so one description is read. */
export async function readNewestSet(repository: Repository): Promise<Date | null> {
  const ids = (await asked(repository, () => repository.store.list('sets/'))).flatMap(
    ({ name }) => /^sets\/([^/]+)\/set\.json$/.exec(name)?.[1] ?? []
  )
  const newest = ids.sort().at(-1)
  if (newest === undefined) return null
  const set = await asked(repository, () => readJson(repository.store, setFile(newest)))
  return typeof set === 'object' && set !== null && 'finishedAt' in set ? new Date(String(set.finishedAt)) : null
}

/** Since the server started at most: while nothing ran, nothing was written. */
async function readArchiveLag(query: Query): Promise<number | null> {
  const [row] = await query<{ lag: number | null }>(
    `select case when current_setting('archive_mode') <> 'off'
       then greatest(0, extract(epoch from now() - greatest(last_archived_time, pg_postmaster_start_time())))::float8 end as lag
     from pg_stat_archiver`
  )
  return row?.lag ?? null
}
