import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { RestorePlan, RestoreTarget } from '@lyceum/platform/backup/plan-restore'
import { type Config, readConfig } from '@lyceum/platform/config'
import { Command, InvalidArgumentError } from 'commander'
import type { AfterRestore } from '../backup/after-restore.ts'
import { handOver, mustBeFree } from '../backup/hand-over.ts'
import { checksInWords, lookAtEverything } from '../checks/look.ts'
import { readEnvironment } from '../environment.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, styled, table, tell } from '../terminal.ts'
import { inMegabytes } from './backup.ts'
import { outputOption } from './release/place.ts'
import { readInstant } from './release/time.ts'

interface Given {
  readonly latest?: boolean
  readonly toTime?: Date
  readonly set?: string
  readonly point?: string
  readonly into?: string
  readonly data?: string
  readonly copy?: boolean
  readonly from?: readonly string[]
  readonly identity?: string
  readonly timeline?: number
  readonly dryRun?: boolean
  readonly school?: string
  readonly course?: string
  readonly withoutPoint?: boolean
  readonly scratch?: string
  readonly yes?: boolean
  readonly output: 'text' | 'json'
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('have a school back from its backups: database, files, and the log until the last minute')
    .option('--latest', 'everything that was archived')
    .option('--to-time <instant>', 'as it was then, such as 2027-02-01T09:41:00Z', readInstant)
    .option('--set <id>', 'exactly as it was at the end of a set (lyceum backup list)')
    .option('--point <name>', 'exactly as it was at a point (lyceum backup create --point)')
    .option('--into <folder>', 'a home other than LYCEUM_HOME')
    .option('--data <folder>', 'of a PostgreSQL that you run yourself: its data directory, empty, while it is stopped')
    .option('--copy', 'as a copy, which sends no mail and makes no backups: for “lyceum anonymise”; with --into')
    .option('--from <place...>', 'repositories, where BACKUP_REPOSITORY and BACKUP_OFFSITE do not name them')
    .option('--identity <file>', 'the key that opens them, where BACKUP_IDENTITY_FILE does not name it')
    .option('--timeline <number>', 'another past than the newest, after an earlier restore', readNumber)
    .option('--school <slug>', 'only this school, into the installation that runs')
    .option('--course <name>', 'only this course of it: id, code or title; with --school')
    .option('--without-point', 'with --school: change it although no point can be made first to go back to')
    .option('--scratch <folder>', 'with --school: where the set is restored to meanwhile; LYCEUM_HOME/part otherwise')
    .option('--dry-run', 'say what would be restored, and whether it can be')
    .option('--yes', 'do it without asking')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Restores into an empty home, and overwrites nothing. Everything that can be found out is found out before anything is written: the
key, missing log, a time that cannot be reached, a release that cannot run on it, room on the disk. Afterwards everybody is signed
out, and “lyceum start” goes on where the backup ends.

A PostgreSQL that you run yourself (DATABASE_URL) is restored on its own machine, by pgBackRest: stop it, move its data directory away, and
name it with --data. Then start it.

With --school, or --school and --course, the set is restored beside what runs, and only that school or course is brought back, in one
transaction: it is shown first what comes back, goes back and goes away. A course that is still there goes back in its units, items and
pages; who is in it, and what they have done since, stays. Before anything changes a point is made to go back to.

Examples:
  $ lyceum restore --latest
  $ lyceum restore --school hill --course B-101 --to-time 2027-02-01T09:41:00Z --dry-run
  $ lyceum restore --school hill --set 4f1c
  $ lyceum restore --to-time 2027-02-01T09:41:00Z --dry-run
  $ lyceum restore --latest --from /mnt/backup/lyceum --identity ~/lyceum-backup-identity.txt
  $ lyceum restore --point before-2.1 --into /srv/look-at-it --yes
  $ lyceum restore --latest --data /var/lib/postgresql/15/main
  $ lyceum restore --latest --into /srv/copy --copy`
    )
    .action(restore)
}

async function restore(given: Given): Promise<void> {
  const target = targetOf(given)
  if (given.school !== undefined || given.course !== undefined) return restoreOnly(given, target)
  const config = readConfig(settingsWithout(given.identity))
  if (given.copy) mustHoldCopy(given, config)
  const { plan, faults } = await makePlan(config, given, target)
  const data = dataOf(given, plan)
  const home = data === null ? resolve(given.into ?? config.LYCEUM_HOME) : `${data}.restoring`
  const { mustBeEmpty } = await import('@lyceum/platform/backup/restore-target')
  if (data !== null) mustBeFree(data)
  mustBeEmpty(home, plan.set.sizes.databaseBytes + plan.set.sizes.fileBytes)
  for (const fault of faults) tell(`Going on without it: ${fault}`)
  if (given.dryRun) return answer(given.output === 'json', { plan: describe(plan, home) }, () => inWords(plan, home))
  await mustWant(given, inWords(plan, home))

  const [{ restoreSet }, { openStorage }, { afterRestore }, { markFilesAsCopy }, { readPasswordHash }] =
    await Promise.all([
      import('@lyceum/platform/backup/restore-set'),
      import('@lyceum/platform/open-storage'),
      import('../backup/after-restore.ts'),
      import('@lyceum/platform/files-mark'),
      import('@lyceum/platform/superuser-password')
    ])
  const copyOf = given.copy ? plan.set.id : null
  const isExact = target.kind === 'set' || target.kind === 'point'
  let after: AfterRestore | undefined
  let password: string | null = null
  const started = performance.now()
  const restored = await restoreSet({
    plan,
    home,
    openStorage: () => openStorage(config, data === null ? home : resolve(config.LYCEUM_HOME)),
    tell,
    afterwards: async (record) => {
      if (plan.set.engine === 'pgbackrest') password = await readPasswordHash(home, plan.recover.programs)
      tell('Signing everybody out…')
      after = await afterRestore(home, {
        recover: plan.recover,
        record: isExact ? record : null,
        copyOf,
        broker: config.RABBITMQ_URL !== null,
        now: new Date()
      })
      if (copyOf !== null) await markFilesAsCopy(config, home, copyOf)
    }
  })
  if (plan.set.engine === 'pgbackrest') await handOver({ home, data, password, programs: plan.recover.programs })
  const seconds = Math.round((performance.now() - started) / 100) / 10
  // A PostgreSQL that somebody else runs is not started yet.
  const checks = plan.set.engine === 'pgbackrest' ? [] : await lookAtEverything({ config, home, faults: [] })
  const report = {
    plan: describe(plan, home),
    seconds: { ...restored.seconds, total: seconds },
    files: restored.files,
    ...after,
    checks,
    secrets: restored.secrets
  }
  const isWhole = restored.files.faults.length === 0 && (after?.differences ?? []).length === 0
  if (!isWhole) process.exitCode = exitCodes.pending
  answer(given.output === 'json', report, () =>
    [
      `${styled('green', 'Restored')} as of ${after?.lastHeartbeat ?? plan.reaches.toISOString()} in ${seconds} s into ${data ?? home}.`,
      table([
        [
          '  files',
          `${restored.files.files} put back, ${restored.files.kept} were there (${inMegabytes(restored.files.bytes)})`
        ],
        ['  sign-ins', `${after?.signInsEnded ?? 0} ended: everybody signs in again`],
        ...workInWords(after),
        ...(after?.differences
          ? [
              [
                '  compared',
                after.differences.length === 0
                  ? `${after.tablesCompared} tables, every row as it was`
                  : after.differences.join('; ')
              ]
            ]
          : [])
      ]),
      ...restored.files.faults.map((fault) => `  Lost: ${fault}`),
      ...checksInWords(checks),
      'Secrets are not in backups. Those that this installation does not get from its settings are made anew when it starts; it had:',
      table(restored.secrets.map(({ name, where }) => [`  ${name}`, where])),
      plan.set.engine === 'pgbackrest'
        ? `Now start PostgreSQL over ${data ?? join(home, 'postgres')}, then Lyceum.`
        : given.copy
          ? `Now: LYCEUM_ENV=staging lyceum anonymise --home ${home}`
          : `Now: ${given.into === undefined ? '' : `LYCEUM_HOME=${home} `}lyceum start`
    ].join('\n')
  )
}

function workInWords(after: AfterRestore | undefined): string[][] {
  if (!after?.work) return []
  const { returnedJobs, heldReactions, heldMail, handedOverAgain } = after.work
  return [
    ['  jobs', `${returnedJobs} were being done then, and wait`],
    [
      '  held',
      heldMail + heldReactions === 0
        ? 'nothing: no mail was waiting then'
        : `${heldMail} messages (lyceum mail held) and ${heldReactions} reactions (lyceum events dead) that may have been sent since`
    ],
    ...(handedOverAgain > 0
      ? [['  events', `${handedOverAgain} are handed to RabbitMQ again: empty its queues before the start`]]
      : [])
  ]
}

/** One school, or one course, into the installation that runs. */
async function restoreOnly(given: Given, target: RestoreTarget): Promise<void> {
  const { school, course, withoutPoint = false, scratch, dryRun = false, output } = given
  if (school === undefined || given.into !== undefined || given.copy)
    throw new CommandFailed(
      'restore.part-unclear',
      school === undefined
        ? 'Say of which school the course is: --school SLUG'
        : 'A school or a course comes back into the installation that runs: leave out --into and --copy.',
      exitCodes.usage
    )
  const [{ loadSecrets }, { restorePart }] = await Promise.all([
    import('@lyceum/platform/load-secrets'),
    import('../backup/part/restore-part.ts')
  ])
  const config = readConfig((await loadSecrets(settingsWithout(given.identity))).environment)
  const { plan, faults } = await makePlan(config, given, target)
  for (const fault of faults) tell(`Going on without it: ${fault}`)
  await restorePart({
    config,
    plan,
    wanted: { school, course },
    withoutPoint,
    scratch,
    dryRun,
    json: output === 'json',
    want: (words) => mustWant(given, words)
  })
}

/** Where the database is to lie, for one that somebody else runs; null for a home. @throws CommandFailed */
function dataOf({ data, into, copy }: Given, { set }: RestorePlan): string | null {
  if (set.engine === 'physical' && data !== undefined)
    throw new CommandFailed(
      'restore.data-embedded',
      `Set ${set.id} is of an embedded database, which lies in a home: leave out --data, or say --into.`,
      exitCodes.usage
    )
  if (set.engine === 'pgbackrest' && copy)
    throw new CommandFailed(
      'restore.copy-outside',
      'A copy of a database that you run yourself needs one to run in: restore it with --into, start PostgreSQL over it, and point DATABASE_URL of “lyceum anonymise” there.',
      exitCodes.refused
    )
  if (set.engine === 'pgbackrest' && data === undefined && into === undefined)
    throw new CommandFailed(
      'restore.no-data',
      `Set ${set.id} is of a PostgreSQL that you run yourself. On its machine, while it is stopped, name its data directory, moved away or empty: --data DIR. To look at it beside: --into DIR.`,
      exitCodes.usage
    )
  return data === undefined ? null : resolve(data)
}

function targetOf({ latest, toTime, set, point }: Given): RestoreTarget {
  const targets: RestoreTarget[] = [
    ...(latest ? [{ kind: 'latest' } as const] : []),
    ...(toTime ? [{ kind: 'time', time: toTime } as const] : []),
    ...(set ? [{ kind: 'set', id: set } as const] : []),
    ...(point ? [{ kind: 'point', point } as const] : [])
  ]
  const [target] = targets
  if (target !== undefined && targets.length === 1) return target
  throw new CommandFailed(
    'restore.no-target',
    'Say what is to be restored: one of --latest, --to-time, --set and --point.',
    exitCodes.usage
  )
}

/** A copy beside the original, with nothing in common with it. @throws CommandFailed */
function mustHoldCopy({ into }: Given, { STORAGE }: Config): void {
  if (into === undefined)
    throw new CommandFailed(
      'restore.copy-into',
      'A copy lies beside the original: --copy needs --into.',
      exitCodes.usage
    )
  if (STORAGE !== 'disk')
    throw new CommandFailed(
      'restore.copy-storage',
      `With STORAGE=${STORAGE} a copy would share the files of the original, which “lyceum anonymise” replaces. Nothing was changed. Restore it with settings of its own that say STORAGE=disk.`,
      exitCodes.refused
    )
}

/** A key that is named here takes the place of one that the settings name and that may be lost with everything else. */
function settingsWithout(identity: string | undefined): Record<string, string | undefined> {
  const environment = readEnvironment()
  return identity === undefined
    ? environment
    : { ...environment, BACKUP_IDENTITY_FILE: undefined, BACKUP_IDENTITY: undefined }
}

async function makePlan(
  config: Config,
  { from, identity, timeline }: Given,
  target: RestoreTarget
): Promise<{ plan: RestorePlan; faults: readonly string[] }> {
  const [{ readBackupKey }, { openReachable }, { planRestore }, { allMigrations }, { recoveriesOf }] =
    await Promise.all([
      import('@lyceum/platform/backup/key'),
      import('@lyceum/platform/backup/open-repositories'),
      import('@lyceum/platform/backup/plan-restore'),
      import('@lyceum/server/migrations'),
      import('@lyceum/platform/backup/recovery')
    ])
  const addresses = from ?? [config.BACKUP_REPOSITORY, config.BACKUP_OFFSITE].filter((address) => address !== null)
  if (addresses.length === 0)
    throw new CommandFailed(
      'restore.no-repository',
      'Say where the backups are: --from PLACE, or BACKUP_REPOSITORY.',
      exitCodes.usage
    )
  const key = await readBackupKey({
    // Elsewhere another installation may have written for another key.
    recipient: from === undefined && identity === undefined ? config.BACKUP_RECIPIENT : null,
    identity: identity === undefined ? config.BACKUP_IDENTITY : readIdentity(identity)
  })
  const { repositories, faults } = await openReachable(addresses, config, key)
  const runner = { release: config.RELEASE, migrations: allMigrations(), recoveries: recoveriesOf(config) }
  return { plan: await planRestore(repositories, target, runner, timeline), faults }
}

function readIdentity(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandFailed(
      'restore.no-identity',
      `${file} cannot be read (${error instanceof Error ? error.message : String(error)}). Name the file that \`lyceum backup setup\` wrote, or a copy of it.`
    )
  }
}

/** Asks whoever sits there. @param words what would be done @throws CommandFailed where nobody said yes */
async function mustWant({ yes, output }: Pick<Given, 'yes' | 'output'>, words: string): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY || output === 'json')
    throw new CommandFailed('restore.not-confirmed', `${words}\nNothing was done. To do it: --yes`, exitCodes.usage)
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  const said = await ask.question(`${words}\nRestore it? [y/N] `).finally(() => ask.close())
  if (!/^y(es)?$/i.test(said.trim()))
    throw new CommandFailed('restore.not-confirmed', 'Nothing was done.', exitCodes.interrupted)
}

const describe = ({ set, repositories, timeline, segments, reaches }: RestorePlan, home: string) => ({
  set: set.id,
  point: set.point,
  release: set.release,
  into: home,
  asOf: reaches.toISOString(),
  timeline,
  segments: segments.length,
  databaseBytes: set.sizes.databaseBytes,
  files: set.sizes.files,
  fileBytes: set.sizes.fileBytes,
  from: repositories.map(({ place }) => place)
})

function inWords(plan: RestorePlan, home: string): string {
  const { set, segments, reaches, repositories } = plan
  return table([
    ['set', `${set.id} (${set.type}) of ${set.database.restorePoint.at}, release ${set.release}`],
    ['as of', reaches.toISOString()],
    ['log', `${segments.length} segments, without a gap`],
    ['database', inMegabytes(set.sizes.databaseBytes)],
    ['files', `${set.sizes.files}, ${inMegabytes(set.sizes.fileBytes)}`],
    ['from', repositories.map(({ place }) => place).join('; ')],
    ['into', home]
  ])
}

function readNumber(given: string): number {
  const read = Number(given)
  if (Number.isInteger(read) && read > 0) return read
  throw new InvalidArgumentError('Give a whole number from 1.')
}
