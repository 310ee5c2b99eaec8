import { setPriority } from 'node:os'
import { resolve } from 'node:path'
import { wordsOf } from '@lyceum/platform/backup/error'
import type { Repository } from '@lyceum/platform/backup/repository'
import type { BackupSet } from '@lyceum/platform/backup/set'
import { type Config, readConfig } from '@lyceum/platform/config'
import { whereSecretsAre } from '@lyceum/platform/where-secrets-are'
import { Command, Option } from 'commander'
import { readEnvironment, readSettings } from '../environment.ts'
import { withDatabase } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, styled, table, tell } from '../terminal.ts'
import { outputOption } from './release/place.ts'

interface Output {
  readonly output: 'text' | 'json'
}

export function backupCommand(): Command {
  const backup = new Command('backup')
    .description('backups of everything: set up, made, looked at, expired')
    .addHelpText(
      'after',
      `
A set holds the database, uploaded files and settings (secrets by name only), compressed and sealed with age. While Lyceum runs,
the log of the database is archived every minute, a full set is made every night, and one of what changed every six hours.

Examples:
  $ lyceum backup setup --to /mnt/backup/lyceum --offsite s3://school-backups/lyceum
  $ lyceum backup create --point before-2.1
  $ lyceum backup list`
    )
  backup
    .command('setup')
    .description('make the repositories and the key; once, and again to add a second repository')
    .option('--to <place>', 'a folder, s3://bucket/prefix or azure://container/prefix')
    .option('--offsite <place>', 'a second place, that survives what happens to the first')
    .option('--identity-file <file>', 'where the key that opens backups is put', 'lyceum-backup-identity.txt')
    .option('--settings <file>', 'where the settings are written', '.env')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Writes BACKUP_REPOSITORY, BACKUP_OFFSITE, BACKUP_RECIPIENT and BACKUP_IDENTITY_FILE into .env here, or where you say. Credentials of S3 and Azure are
settings too: lyceum config docs

Examples:
  $ lyceum backup setup --to /mnt/backup/lyceum`
    )
    .action(setup)
  backup
    .command('create')
    .description('make a set now, beside what runs')
    .addOption(
      new Option('--type <type>', 'full, or what changed since the last full one')
        .choices(['full', 'incr'])
        .default('incr')
    )
    .option('--point <name>', 'a name to restore it by, such as before-2.1')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Exits with 75 while another one is made, and with 2 when the set is safe in the first repository and not yet in the second.

Examples:
  $ lyceum backup create --type full
  $ lyceum backup create --point before-2.1 -o json | jq -r .set.id`
    )
    .action(create)
  backup
    .command('list')
    .description('the sets there are')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum backup list -o json | jq -r .sets[].id')
    .action(list)
  backup
    .command('info')
    .description('one set: what it holds and what a restore of it needs')
    .argument('<set>', 'its id, or the end of it')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum backup info 4f1c')
    .action(info)
  backup
    .command('check')
    .description('whether all of it would help: the log arrives and has no gap, sets are young, disks have room')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Ends a segment of the log, waits until it is in the repository, and reads it there. Runs every hour by itself. Exits with 1 when
something must be mended.

Examples:
  $ lyceum backup check || mail -s "backups" ops@school.example`
    )
    .action(check)
  backup
    .command('verify')
    .description('prove a set by restoring it: every row compared, Lyceum started over it, somebody signed in')
    .argument('[set]', 'its id, or the end of it; the newest where none is named')
    .option('--restore', 'as it is done in any case; said for scripts that want to be plain')
    .option('--all-files', 'open every uploaded file instead of some by chance')
    .option('--scratch <folder>', 'where it is restored to, for a disk with more room; LYCEUM_HOME/verify otherwise')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Happens every night by itself after the full set. Restores into a folder that is removed again, beside what runs and without touching
its archive: first to exactly the restore point of the set, then to the end of the log. Damaged uploaded files are stored again. Exits
with 1 and says what differs when the set is not proven, with 75 while another verification is under way.

Examples:
  $ lyceum backup verify
  $ lyceum backup verify 4f1c --all-files -o json | jq .rtoSeconds`
    )
    .action(verify)
  backup
    .command('copy')
    .description('bring to the second repository what it has not got yet')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nHappens by itself after each set, and for the log at once.\n\nExamples:\n  $ lyceum backup copy'
    )
    .action(copy)
  backup
    .command('expire')
    .description('remove sets that are old, and what only they needed')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Keeps sets for BACKUP_KEEP_DAYS and BACKUP_OFFSITE_KEEP_DAYS, counted back from the newest set; in any case those of the last seven
days that had any, and one that is older. Happens by itself after each set.

Examples:
  $ lyceum backup expire`
    )
    .action(expire)
  return backup
}

async function setup(
  given: Output & { to?: string; offsite?: string; identityFile: string; settings: string }
): Promise<void> {
  const environment = readEnvironment()
  const { setUpBackups } = await import('../backup/setup.ts')
  const { findRunning } = await import('@lyceum/server/running')
  const config = readConfig(environment)
  const done = await setUpBackups({
    config,
    to: given.to,
    offsite: given.offsite,
    identityFile: resolve(given.identityFile),
    envFile: resolve(given.settings)
  })
  const overruled = Object.keys(done.settings).filter((name) => process.env[name] !== undefined)
  if (overruled.length > 0) tell(`The environment sets ${overruled.join(', ')} too, and wins: change it there.`)
  const stanza = config.DATABASE_URL === null ? [] : await beginStanza(config)
  answer(given.output === 'json', done, () =>
    [
      `Backups go to ${done.repository}${done.offsite === null ? '' : ` and ${done.offsite}`}. The settings are in ${resolve(given.settings)}.`,
      ...(done.made === null
        ? []
        : [
            '',
            styled('bold', 'This key opens them. Without it they are lost:'),
            '',
            `  ${done.made.identity}`,
            '',
            `It is in ${done.made.file} and shown only now. Keep a copy elsewhere: in a password manager, on paper in a safe;`,
            'not on this machine, and not with the backups.'
          ]),
      '',
      ...stanza,
      findRunning(config.LYCEUM_HOME)
        ? 'Now start Lyceum again, so that the log of the database is archived; then: lyceum backup create --type full'
        : 'The first set: lyceum backup create --type full'
    ].join('\n')
  )
}

/** pgBackRest copies a database that somebody else runs; what it needs is said where it is not there yet. */
async function beginStanza(config: Config): Promise<string[]> {
  const { createStanza } = await import('@lyceum/platform/backup/pgbackrest')
  const fault = await createStanza(config)
  return fault === null
    ? [`pgBackRest backs up the database as ${config.BACKUP_PGBACKREST_STANZA}.`, '']
    : [
        `pgBackRest cannot back up the database yet: ${fault}`,
        'What it and PostgreSQL need: lyceum config render pgbackrest. Then this command again.',
        ''
      ]
}

async function create({ type, point, output }: Output & { type: 'full' | 'incr'; point?: string }): Promise<void> {
  lowPriority()
  const { createBackup } = await import('@lyceum/platform/backup/create')
  const secrets = await whereSecretsAre(readEnvironment())
  const made = await withBackups(({ config, ownerUrl }) => {
    return createBackup(
      {
        config,
        home: resolve(config.LYCEUM_HOME),
        ownerUrl,
        secrets,
        tell
      },
      { type, point: point ?? null }
    )
  })
  const { set, faults, offsite, expired, exact, addedFiles } = made
  if (offsite?.fault) process.exitCode = exitCodes.pending
  for (const fault of faults) tell(`Not in the set: ${fault}`)
  const gone = expired.flatMap(({ sets }) => sets)
  answer(output === 'json', { set: summary(set, []), exact, addedFiles, faults, offsite, expired }, () =>
    [
      `Set ${set.id} (${set.type}): ${inMegabytes(set.sizes.databaseBytes)} of database and ${set.sizes.files} files; ${inMegabytes(set.sizes.addedBytes)} added.`,
      ...(exact ? [] : ['Writing never paused, so a restored copy cannot be compared row by row.']),
      ...(offsite?.fault ? [`Not in the second repository yet: ${offsite.fault}`] : []),
      ...(gone.length === 0 ? [] : [`Expired: ${[...new Set(gone)].join(', ')}`])
    ].join('\n')
  )
}

async function list({ output }: Output): Promise<void> {
  const { sets, faults } = await findSets()
  answer(output === 'json', { sets: sets.map(({ set, repositories }) => summary(set, repositories)), faults }, () =>
    [
      ...faults,
      sets.length === 0
        ? 'There is no set yet: lyceum backup create --type full'
        : table([
            ['SET', 'TYPE', 'AS OF', 'POINT', 'RELEASE', 'SIZE', 'WHERE'],
            ...sets.map(({ set, repositories }) => [
              set.id,
              set.type,
              set.database.restorePoint.at,
              set.point ?? '',
              set.release,
              inMegabytes(set.sizes.databaseBytes + set.sizes.fileBytes),
              repositories.map(({ role }) => role).join(', ')
            ])
          ])
    ].join('\n')
  )
}

async function info(id: string, { output }: Output): Promise<void> {
  const { sets } = await findSets()
  const found = sets.filter(({ set }) => set.id.endsWith(id))
  const [one] = found
  if (one === undefined || found.length > 1)
    throw new CommandFailed(
      'backup.no-set',
      `There is ${one === undefined ? 'no' : 'more than one'} set ${id}. What there is: lyceum backup list`
    )
  const { set, repositories } = one
  const { readManifest } = await import('@lyceum/platform/backup/read-sets')
  // Opened where the key is here; the rest is told anyway.
  const manifest = await readManifest(repositories, set).catch((error: unknown) => wordsOf(error))
  const opened = typeof manifest === 'string' ? null : manifest
  const value = {
    ...summary(set, repositories),
    schema: set.schema.map(({ module, name }) => `${module}/${name}`),
    database: set.database,
    configuration: opened?.configuration ?? null,
    secrets: opened?.secrets ?? null,
    tables: opened?.record?.tables ?? null
  }
  answer(output === 'json', value, () =>
    [
      table([
        ['set', `${set.id} (${set.type})`],
        ['as of', set.database.restorePoint.at],
        ['took', `${Math.round((Date.parse(set.finishedAt) - Date.parse(set.startedAt)) / 1000)} s`],
        ['point', set.point ?? '–'],
        ['release', `${set.release}, ${set.schema.length} migrations, PostgreSQL ${set.database.version}`],
        ['log', `timeline ${set.database.timeline}, from ${set.database.startLsn} to ${set.database.restorePoint.lsn}`],
        ['database', inMegabytes(set.sizes.databaseBytes)],
        ['files', `${set.sizes.files}, ${inMegabytes(set.sizes.fileBytes)}`],
        ['added', inMegabytes(set.sizes.addedBytes)],
        ['in', repositories.map(({ place }) => place).join('; ')]
      ]),
      ...(opened === null
        ? [typeof manifest === 'string' ? manifest : '']
        : [
            opened.record
              ? `${opened.record.tables.length} tables, ${opened.record.tables.reduce((sum, { rows }) => sum + rows, 0)} rows, each with a checksum`
              : 'no record of rows: writing never paused',
            'secrets that a restored installation needs:',
            table(opened.secrets.map(({ name, where }) => [`  ${name}`, where]))
          ])
    ].join('\n')
  )
}

async function check({ output }: Output): Promise<void> {
  const { checkInstallation } = await import('@lyceum/platform/backup/check')
  const found = await withBackups(({ config, ownerUrl }) =>
    checkInstallation({ config, home: resolve(config.LYCEUM_HOME), ownerUrl })
  )
  const ok = found.every(({ state }) => state !== 'fault')
  if (!ok) process.exitCode = exitCodes.failed
  answer(output === 'json', { ok, looks: found }, () =>
    found
      .map(({ what, state, message, remedy }) => {
        const [style, sign] = SIGNS[state]
        const line = `${styled(style, sign)} ${what.padEnd(18)} ${message}`
        return remedy === '' ? line : `${line}\n${' '.repeat(21)}→ ${remedy}`
      })
      .join('\n')
  )
}

async function verify(
  set: string | undefined,
  { allFiles = false, scratch, output }: Output & { allFiles?: boolean; scratch?: string }
): Promise<void> {
  lowPriority()
  const [{ verifyInstallation }, { tryCopy }, { allMigrations }] = await Promise.all([
    import('@lyceum/platform/backup/verify'),
    import('@lyceum/server/try-copy'),
    import('@lyceum/server/migrations')
  ])
  const found = await withBackups(({ config, ownerUrl }) =>
    verifyInstallation({
      config,
      home: resolve(config.LYCEUM_HOME),
      ownerUrl,
      migrations: allMigrations(),
      set: set ?? null,
      allFiles,
      scratch: scratch === undefined ? undefined : resolve(scratch),
      tryOut: tryCopy,
      tell
    })
  )
  if (found.verdict !== 'proven') process.exitCode = exitCodes.failed
  answer(output === 'json', found, () =>
    [
      found.verdict === 'proven'
        ? `${styled('green', 'Proven')}: set ${found.setId} of ${found.setAt} came back as it was, and somebody signed in.`
        : `${styled('red', 'Not proven')}: set ${found.setId} of ${found.setAt}: ${found.why}`,
      table([
        ['  compared', `${found.rowsCompared} rows, ${found.filesCompared} files`],
        ['  would be lost', found.rpoSeconds === null ? 'unknown' : `${found.rpoSeconds} s`],
        ['  would take', found.rtoSeconds === null ? 'unknown' : `${found.rtoSeconds} s`]
      ]),
      ...found.mended.map((what) => `  Was damaged, and is whole again: ${what}`),
      ...found.faults.map((fault) => `  ${fault}`),
      ...(found.verdict === 'proven' ? [] : ['Make a new set and verify that: lyceum backup create --type full'])
    ].join('\n')
  )
}

const SIGNS = { ok: ['green', '✓'], note: ['blue', 'i'], fault: ['red', '✗'] } as const

async function copy({ output }: Output): Promise<void> {
  const { first, offsite } = await openOwn()
  if (offsite === undefined)
    throw new CommandFailed(
      'backup.no-offsite',
      'There is no second repository: lyceum backup setup --offsite …',
      exitCodes.refused
    )
  if (typeof offsite === 'string') throw new CommandFailed('backup.repository-unreachable', offsite)
  const [{ copySets, copyPushes }, { copyLog }, { lockRepository }] = await Promise.all([
    import('@lyceum/platform/backup/copy-sets'),
    import('@lyceum/platform/backup/copy-log'),
    import('@lyceum/platform/backup/lock')
  ])
  const lock = await lockRepository(first, 'copying to the second repository')
  try {
    await copySets(first, offsite)
    await copyPushes(first, offsite)
    const files = await copyLog(first, offsite)
    answer(output === 'json', { logFiles: files }, () => `${offsite.place} has everything now.`)
  } finally {
    await lock.release()
  }
}

async function expire({ output }: Output): Promise<void> {
  const { first, offsite, config } = await openOwn()
  const [{ expireSets }, { lockRepository }] = await Promise.all([
    import('@lyceum/platform/backup/expire-sets'),
    import('@lyceum/platform/backup/lock')
  ])
  const now = new Date()
  const lock = await lockRepository(first, 'expiring sets')
  try {
    const stillThere = await expireOutside(config)
    const done = [await expireSets(first, { keepDays: config.BACKUP_KEEP_DAYS, now, stillThere })]
    if (typeof offsite === 'object')
      done.push(await expireSets(offsite, { keepDays: config.BACKUP_OFFSITE_KEEP_DAYS, now, stillThere }))
    answer(output === 'json', { expired: done }, () =>
      done
        .map(
          ({ place, sets, objects, logFiles }) =>
            `${place}: ${sets.length} sets, ${objects} objects and ${logFiles} files of the log removed`
        )
        .join('\n')
    )
  } finally {
    await lock.release()
  }
}

/** What pgBackRest keeps goes by its own periods. */
async function expireOutside(config: Config): Promise<((set: BackupSet) => boolean) | undefined> {
  if (config.DATABASE_URL === null) return undefined
  const { createPgBackRestEngine } = await import('@lyceum/platform/backup/pgbackrest')
  const engine = createPgBackRestEngine({ settings: config, url: config.DATABASE_URL })
  await engine.expire?.()
  return engine.stillThere?.()
}

async function openOwn() {
  const config = await readSettings()
  const { openBackups } = await import('@lyceum/platform/backup/open')
  return { config, ...(await openBackups(config)) }
}

/** Of the repositories that can be used now: one that is away must not hide what the other has. */
async function findSets() {
  const config = await readSettings()
  const [{ openReachable }, { readBackupKey }, { listSetsOf }] = await Promise.all([
    import('@lyceum/platform/backup/open-repositories'),
    import('@lyceum/platform/backup/key'),
    import('@lyceum/platform/backup/read-sets')
  ])
  const addresses = [config.BACKUP_REPOSITORY, config.BACKUP_OFFSITE].filter((address) => address !== null)
  if (addresses.length === 0)
    throw new CommandFailed('backup.off', 'There are no backups yet: lyceum backup setup --to PATH', exitCodes.refused)
  const key = await readBackupKey({ recipient: config.BACKUP_RECIPIENT, identity: config.BACKUP_IDENTITY })
  const { repositories, faults } = await openReachable(addresses, config, key)
  return { sets: await listSetsOf(repositories), faults }
}

/** With the database; the embedded one is started for the moment where nothing runs. */
async function withBackups<Answer>(
  work: (place: { readonly ownerUrl: string; readonly config: Config }) => Promise<Answer>
): Promise<Answer> {
  await openOwn()
  return withDatabase(work)
}

const summary = (set: BackupSet, repositories: readonly Repository[]) => ({
  id: set.id,
  type: set.type,
  generation: set.generation,
  point: set.point,
  startedAt: set.startedAt,
  finishedAt: set.finishedAt,
  asOf: set.database.restorePoint.at,
  release: set.release,
  sizes: set.sizes,
  repositories: repositories.map(({ role }) => role)
})

/** Requests come first. */
function lowPriority(): void {
  try {
    setPriority(19)
  } catch {
    // Where it is not allowed it runs as everything else.
  }
}

export const inMegabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MB`
