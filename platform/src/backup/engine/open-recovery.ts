import type { Config } from '../../config/config.ts'
import { findBinaries } from '../../embedded-postgres/binaries.ts'
import { openPgBackRestRecovery } from '../pgbackrest/pgbackrest-recovery.ts'
import type { Repository } from '../repository/repository.ts'
import type { BackupSet } from '../set/set.ts'
import { listLog, readArchivedLog } from '../wal/archived-log.ts'
import type { Recoveries, Recovery } from './recovery.ts'
import { unpackDataDirectory } from './unpack-data-directory.ts'

/** For sets of any engine. */
export const recoveriesOf =
  (config: Config): Recoveries =>
  (set, repositories) =>
    set.engine === 'pgbackrest' ? openPgBackRestRecovery(config, set) : openPhysicalRecovery(set, repositories)

async function openPhysicalRecovery(
  { database: { system } }: BackupSet,
  repositories: readonly Repository[]
): Promise<Recovery> {
  return {
    programs: await findBinaries(),
    database: 'lyceum',
    listLog: async () => (await Promise.all(repositories.map((one) => listLog(one, system)))).flat(),
    readLog: (file) => readArchivedLog(repositories, system, file),
    unpack: unpackDataDirectory,
    // Every object of the set is opened when it is restored.
    verifyStore: async () => []
  }
}
