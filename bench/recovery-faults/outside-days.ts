import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '@lyceum/platform/config'
import { createDiskStorage } from '@lyceum/platform/disk-storage'
import { startEmbeddedPostgres } from '@lyceum/platform/embedded-postgres'
import { allMigrations } from '../../apps/server/src/migrations.ts'
import { checkInstallation } from '../../platform/src/backup/check/check-installation.ts'
import { recoveriesOf } from '../../platform/src/backup/engine/open-recovery.ts'
import { planRestore, type RestoreTarget } from '../../platform/src/backup/restore/plan-restore.ts'
import { restoreSet } from '../../platform/src/backup/restore/restore-set.ts'
import { repositoriesOf } from '../../platform/src/backup/testing/archive-now.ts'
import { filesBelow, flipBit } from '../../platform/src/backup/testing/damage.ts'
import { ask, inLyceum } from '../../platform/src/backup/testing/installation.ts'
import { type Outside, setArchiveCommand } from '../../platform/src/backup/testing/outside.ts'
import { NO_ARCHIVE } from '../../platform/src/backup/verify/no-archive.ts'
import { verifyInstallation } from '../../platform/src/backup/verify/verify-installation.ts'
import type { Outcome } from './bad-days.ts'

export interface OutsideDay {
  readonly name: string
  happen(school: Outside): Promise<Outcome>
}

/** How backups of a PostgreSQL that somebody else runs fail; each on a server and repositories of its own. */
export const outsideDays: readonly OutsideDay[] = [
  { name: 'pgBackRest: an archive command that lies', happen: aLiar },
  { name: 'pgBackRest: log missing in the middle', happen: missingLog },
  { name: 'pgBackRest: a flipped bit in the log', happen: (school) => flippedBit(school, /[0-9A-F]{24}-[0-9a-f]{40}/) },
  { name: 'pgBackRest: a flipped bit in a copy', happen: (school) => flippedBit(school, /pg_data\/base\/.*\.gz$/) },
  { name: 'pgBackRest: a repository is gone', happen: repositoryGone },
  { name: 'pgBackRest: wrong key', happen: wrongKey },
  { name: 'pgBackRest: two backups at once', happen: twoAtOnce },
  { name: 'pgBackRest: killed while it copies', happen: killed },
  { name: 'pgBackRest: a time after the last archived commit', happen: tooLate },
  { name: 'pgBackRest: a test restore must not touch the archive', happen: testRestore }
]

async function aLiar(school: Outside): Promise<Outcome> {
  await begin(school)
  const liar = join(school.root, 'liar')
  writeFileSync(liar, '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  await setArchiveCommand(school.server, `${liar} # pgbackrest archive-push %p`)
  const detected = await faultOf(school, 'log arrives')
  await setArchiveCommand(school.server, school.archiveCommand)
  await school.backUp('full')
  return { detected, lost: await lostOf(school, [1, 2]) }
}

async function missingLog(school: Outside): Promise<Outcome> {
  await begin(school)
  const gone = await school.archive()
  await note(school, 3)
  await school.archive()
  for (const repository of school.repositories)
    for (const file of filesBelow(repository)) if (file.includes(gone)) rmSync(file)
  const detected = await faultOf(school, 'log without a gap')
  await school.backUp('full')
  return { detected, lost: await lostOf(school, [1, 2, 3]) }
}

async function flippedBit(school: Outside, which: RegExp): Promise<Outcome> {
  await begin(school)
  const [largest] = filesBelow(school.repositories[0])
    .filter((file) => which.test(file))
    .sort((one, other) => readFileSync(other).length - readFileSync(one).length)
  flipBit(largest ?? '')
  return { detected: (await verify(school)).why, lost: await lostOf(school, [1, 2]) }
}

async function repositoryGone(school: Outside): Promise<Outcome> {
  await begin(school)
  renameSync(join(school.repositories[0], 'archive'), join(school.root, 'archive-away'))
  renameSync(join(school.repositories[0], 'backup'), join(school.root, 'backup-away'))
  const detected = await told(school.backUp('incr').then(({ faults }) => faults[0] ?? ''))
  return { detected, lost: await lostOf(school, [1, 2]) }
}

async function wrongKey(school: Outside): Promise<Outcome> {
  await begin(school)
  const file = school.config.BACKUP_PGBACKREST_CONFIG ?? ''
  const right = readFileSync(file, 'utf8')
  writeFileSync(file, right.replaceAll(/cipher-pass=.*/g, 'cipher-pass=another'))
  const detected = await told(plan(school, { kind: 'latest' }))
  writeFileSync(file, right)
  return { detected, lost: await lostOf(school, [1, 2]) }
}

async function twoAtOnce(school: Outside): Promise<Outcome> {
  await begin(school)
  const both = await Promise.all([told(school.backUp('incr')), told(school.backUp('incr'))])
  return { detected: both.find((one) => one !== null) ?? null, lost: await lostOf(school, [1, 2]) }
}

async function killed(school: Outside): Promise<Outcome> {
  await begin(school)
  const making = told(school.backUp('full').then(({ faults }) => faults[0] ?? ''))
  await sleep(1_200)
  const config = school.config.BACKUP_PGBACKREST_CONFIG ?? ''
  execFileSync('pkill', ['-KILL', '-f', `pgbackrest.*${config}.* backup`])
  const detected = await making
  await school.backUp('incr')
  return { detected, lost: await lostOf(school, [1, 2]) }
}

async function tooLate(school: Outside): Promise<Outcome> {
  await begin(school)
  const detected = await told(plan(school, { kind: 'time', time: new Date(Date.now() + 3_600_000) }))
  return { detected, lost: await lostOf(school, [1, 2]) }
}

async function testRestore(school: Outside): Promise<Outcome> {
  await begin(school)
  await school.ask(`alter system set archive_mode = 'always'`)
  const before = school.repositories.flatMap(filesBelow)
  const { verdict } = await verify(school)
  const after = school.repositories.flatMap(filesBelow)
  const untouched = verdict === 'proven' && before.join() === after.join()
  return {
    detected: untouched ? 'the archive is as it was, and no timeline came to it' : null,
    lost: await lostOf(school, [1, 2])
  }
}

/** A full set, and something in the log after it. */
async function begin(school: Outside): Promise<void> {
  await note(school, 1)
  await school.backUp('full')
  await note(school, 2)
  await school.ask('insert into platform.heartbeat (at) values (now())')
  await school.archive()
}

const note = ({ ask: tell }: Outside, id: number) => tell(`insert into note values (${id}, 'word ${id}')`)

const told = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    (answer) => (typeof answer === 'string' && answer !== '' ? answer : null),
    (error: unknown) => (error instanceof Error ? error.message : String(error))
  )

async function faultOf({ config, home, ownerUrl }: Outside, which: string): Promise<string | null> {
  const looks = await checkInstallation({ config, home, ownerUrl, archivedWithinMs: 4_000 })
  const found = looks.find(({ what }) => what === which)
  return found?.state === 'fault' ? found.message : null
}

const verify = ({ environment, identity, home, ownerUrl }: Outside) =>
  verifyInstallation({
    config: readConfig({ ...environment, BACKUP_IDENTITY: identity }),
    home,
    ownerUrl,
    migrations: allMigrations(),
    tryOut: async () => undefined,
    tell: () => undefined
  })

const plan = async (school: Outside, target: RestoreTarget) =>
  planRestore(await repositoriesOf(school), target, {
    release: 'test',
    migrations: allMigrations(),
    recoveries: recoveriesOf(school.config)
  })

/** Of notes that were safe, how many a restore to the end of the log does not bring back. */
async function lostOf(school: Outside, safe: readonly number[]): Promise<number> {
  const home = join(school.root, 'restored')
  const planned = await plan(school, { kind: 'latest' })
  await restoreSet({
    plan: planned,
    home,
    archive: NO_ARCHIVE,
    openStorage: async () => createDiskStorage({ folder: join(home, 'files') }),
    tell: () => undefined,
    afterwards: async () => undefined
  })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const postgres = await startEmbeddedPostgres({ home, log, settings: NO_ARCHIVE, programs: planned.recover.programs })
  try {
    const there = (await ask<{ id: number }>(inLyceum(postgres.url), 'select id from note')).map(({ id }) => id)
    return safe.filter((id) => !there.includes(id)).length
  } finally {
    await postgres.stop()
  }
}
