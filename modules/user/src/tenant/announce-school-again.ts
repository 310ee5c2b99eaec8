import type { Finish } from '@lyceum/platform/backup/part-rule'
import type { Tables } from '../context.ts'
import { announceEverySchool } from '../school/school-cache.ts'
import { announceTenants } from './tenant.ts'

/** After a school came back from a backup: no process goes on with what it knew of it. */
export async function announceSchoolAgain({ tx: transaction }: Finish): Promise<void> {
  const tx = transaction<Tables>()
  await announceTenants(tx)
  await announceEverySchool(tx)
}
