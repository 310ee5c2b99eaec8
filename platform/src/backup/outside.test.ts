import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tryCopy } from '../../../apps/server/src/backup/try-copy.ts'
import { allMigrations } from '../../../apps/server/src/migrations.ts'
import { readConfig } from '../config/config.ts'
import { checkInstallation } from './check/check-installation.ts'
import { createBackup } from './create-backup.ts'
import { recoveriesOf } from './engine/open-recovery.ts'
import { planRestore, type RestoreTarget } from './restore/plan-restore.ts'
import { repositoriesOf } from './testing/archive-now.ts'
import { filesBelow, flipBit } from './testing/damage.ts'
import { hasPgBackRest, type Outside, pgbackrest, setArchiveCommand, startOutside } from './testing/outside.ts'
import { verifyInstallation } from './verify/verify-installation.ts'
import type { TryOut } from './verify/verify-set.ts'

const nobody: TryOut = async () => undefined

const verify = ({ environment, identity, home, ownerUrl }: Outside, tryOut = nobody) =>
  verifyInstallation({
    config: readConfig({ ...environment, BACKUP_IDENTITY: identity }),
    home,
    ownerUrl,
    migrations: allMigrations(),
    tryOut,
    tell: () => undefined
  })

const check = async ({ config, home, ownerUrl }: Outside) => {
  const found = await checkInstallation({ config, home, ownerUrl, archivedWithinMs: 4_000 })
  return Object.fromEntries(found.map(({ what, state, message }) => [what, { state, message }]))
}

const plan = async (school: Outside, target: RestoreTarget) =>
  planRestore(await repositoriesOf(school), target, {
    release: 'test',
    migrations: allMigrations(),
    recoveries: recoveriesOf(school.config)
  })

describe.skipIf(!hasPgBackRest())('its second repository', { timeout: 120_000 }, () => {
  for (const kind of ['s3', 'azure'] as const)
    it(`may be ${kind}, over TLS, and is enough to come back from`, async () => {
      const school = await startOutside({ offsite: kind })
      try {
        const { set, faults } = await school.backUp('full')
        expect([faults, set.database.pgbackrest?.backups.length]).toEqual([[], 2])
        rmSync(join(school.repositories[0], 'backup'), { recursive: true })
        rmSync(join(school.repositories[0], 'archive'), { recursive: true })
        const found = await verify(school)
        expect(found.rowsCompared).toBeGreaterThan(10)
        expect(found.why).toMatch(/^repository 1 of pgBackRest/)
      } finally {
        await school.close()
      }
    })
})

const logIn = (folder: string): string[] => filesBelow(folder).filter((file) => /[0-9A-F]{24}-[0-9a-f]{40}/.test(file))

describe.skipIf(!hasPgBackRest())('a PostgreSQL that somebody else runs', { timeout: 120_000 }, () => {
  let school: Outside
  beforeAll(async () => {
    school = await startOutside()
  }, 120_000)
  afterAll(() => school?.close())

  it('is backed up by pgBackRest into both of its repositories, and proven by a restore that touches nothing', async () => {
    await school.ask(`insert into note values (1, 'one')`)
    const { set, exact, faults } = await school.backUp('full')
    expect([set.engine, set.type, exact, faults]).toEqual(['pgbackrest', 'full', true, []])
    expect(set.database.pgbackrest?.backups.map(({ repository }) => repository)).toEqual([1, 2])
    await school.ask(`insert into platform.heartbeat (at) values (now()); insert into note values (2, 'two')`)
    await school.archive()
    const before = [...logIn(school.repositories[0]), ...logIn(school.repositories[1])]

    const found = await verify(school, tryCopy)
    expect(found).toMatchObject({ setId: set.id, verdict: 'proven', why: null, differences: [], filesCompared: 1 })
    expect(found.rowsCompared).toBeGreaterThan(10)
    expect(found.rpoSeconds).toBeLessThan(120)
    expect(await school.ask('select verdict from platform.backup_proof')).toEqual([{ verdict: 'proven' }])
    expect([...logIn(school.repositories[0]), ...logIn(school.repositories[1])]).toEqual(before)

    const checked = await check(school)
    expect(Object.values(checked).map(({ state }) => state)).not.toContain('fault')
    const more = await school.backUp('incr')
    expect(more.set.type).toBe('incr')
    expect(more.set.sizes.addedBytes).toBeLessThan(set.sizes.addedBytes / 2)
  })

  it('says how far one can go before anything is written', async () => {
    const reached = (await plan(school, { kind: 'latest' })).reaches
    expect(Date.now() - reached.getTime()).toBeLessThan(120_000)
    await expect(plan(school, { kind: 'time', time: new Date(Date.now() + 3_600_000) })).rejects.toMatchObject({
      code: 'backup.time-not-reached'
    })
    await expect(
      recoveriesOf({ ...school.config, BACKUP_POSTGRES_BIN: '/nowhere' })(
        (await plan(school, { kind: 'latest' })).set,
        await repositoriesOf(school)
      )
    ).rejects.toMatchObject({ code: 'backup.no-programs', outcome: 'refused' })
  })

  it('is refused to a role that may not see every row, with the words that mend it', async () => {
    await school.ask(`create role modest login; grant pg_read_all_data to modest`)
    const url = new URL(school.ownerUrl)
    url.username = 'modest'
    await expect(
      createBackup(
        { config: school.config, home: school.home, ownerUrl: url.href, secrets: [], tell: () => undefined },
        { type: 'incr' }
      )
    ).rejects.toMatchObject({ code: 'backup.role', message: expect.stringContaining('alter role modest bypassrls') })
  })

  it('is noticed when its archive command lies', async () => {
    const liar = join(school.root, 'pgbackrest-archive-push')
    writeFileSync(liar, '#!/bin/sh\nexit 0\n')
    await chmod(liar, 0o755)
    // pgBackRest's own check reads the name in the setting and is content.
    await setArchiveCommand(school.server, `${liar} # pgbackrest archive-push %p`)
    await expect(school.backUp('incr')).rejects.toMatchObject({ message: expect.stringMatching(/archive/i) })
    expect((await check(school))['log arrives']).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('stores nothing')
    })
    await setArchiveCommand(school.server, school.archiveCommand)
    const gap = (await check(school))['log without a gap']
    expect(gap).toMatchObject({ state: 'fault', message: expect.stringContaining('is missing in repository 1') })
    await expect(plan(school, { kind: 'latest' })).rejects.toMatchObject({ code: 'backup.log-missing' })
    await school.backUp('full')
    await plan(school, { kind: 'latest' })
  })

  it('comes back from the second repository when the first is gone, and says so when both are damaged', async () => {
    const { set } = await school.backUp('full')
    rmSync(join(school.repositories[0], 'backup'), { recursive: true })
    rmSync(join(school.repositories[0], 'archive'), { recursive: true })
    const found = await verify(school)
    expect(found.rowsCompared).toBeGreaterThan(10)
    expect(found).toMatchObject({ setId: set.id, verdict: 'differs', why: expect.stringContaining('repository 1') })

    const label = set.database.pgbackrest?.backups.find(({ repository }) => repository === 2)?.label ?? ''
    const largest = filesBelow(join(school.repositories[1], 'backup/lyceum', label))
      .filter((file) => file.includes('/base/'))
      .sort((one, other) => readFileSync(other).length - readFileSync(one).length)[0]
    flipBit(largest ?? '')
    expect(await verify(school)).toMatchObject({ verdict: 'failed', why: expect.stringContaining('repository 2') })
    expect(pgbackrest(school, '--output=json', 'info')).toContain(label)
    expect(existsSync(join(school.home, 'verify', 'latest'))).toBe(false)
  })
})
