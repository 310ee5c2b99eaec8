import { setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import type { Config } from '@lyceum/platform/config'
import { Command } from 'commander'
import { AIMED, type DrillKind, type DrillReport, drillKinds } from '../drill/drill.ts'
import { actionOf, detailsOf, readLastDrills } from '../drill/kept-drills.ts'
import { readSettings } from '../environment.ts'
import { cleaningUp } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, styled, table, tell } from '../terminal.ts'
import { outputOption, record, whoAmI, withAuditLog } from './release/place.ts'

interface Given {
  readonly scratch?: string
  readonly set?: string
  readonly sample?: boolean
  readonly by?: string
  readonly output: 'text' | 'json'
}

const ABOUT: Readonly<Record<DrillKind, string>> = {
  'database-lost': 'PostgreSQL is killed and its data folder removed',
  'everything-lost': 'home, files and settings are gone; the repository and the key are left',
  'data-corrupted': 'a bad statement changes and deletes rows, and is found later'
}

export function drillCommand(): Command {
  const drill = new Command('drill')
    .description('disasters, tried out on a copy: what would be lost, and how long coming back would take')
    .addHelpText(
      'after',
      `
Restores the newest backup into a folder of its own, starts Lyceum over it as processes of its own, lets somebody who does not exist work in
it, makes the disaster, and then does what the runbook says by the commands that are printed there (docs/operators/runbooks). Nothing
of what serves is touched. Each of the three belongs into every month: lyceum checks monthly

Examples:
  $ lyceum drill database-lost
  $ lyceum drill ls`
    )
  for (const kind of drillKinds)
    drill
      .command(kind)
      .description(ABOUT[kind])
      .option('--set <id>', 'of this set instead of the newest (lyceum backup list)')
      .option('--sample', 'with a school made for the drill, where there are no backups yet; is not kept')
      .option('--scratch <folder>', 'where, for a disk with more room; LYCEUM_HOME/drill otherwise')
      .option('--by <name>', 'who does this; your name on this machine where none is given')
      .addOption(outputOption())
      .addHelpText(
        'after',
        `
Needs about three and a half times the room of the database and its files, and the key of the backups. Takes as long as a restore, and
as long as the log takes to be archived (BACKUP_ARCHIVE_SECONDS). Exits with 0 when everything came back within ${AIMED.rpoSeconds / 60} minutes lost
and ${AIMED.rtoSeconds / 60} minutes needed, with 2 when it took or lost more than that and less than promised, with 1 when it did not come back.

Examples:
  $ lyceum drill ${kind}
  $ lyceum drill ${kind} --scratch /srv/drill -o json | jq '{rpoSeconds, rtoSeconds}'`
      )
      .action((given: Given) => run(kind, given))
  drill
    .command('ls')
    .description('the last drill of each kind')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum drill ls -o json | jq .drills')
    .action(list)
  return drill
}

async function run(kind: DrillKind, { scratch, set, sample = false, by, output }: Given): Promise<void> {
  if (sample && set !== undefined)
    throw new CommandFailed('drill.set-or-sample', 'Name either a set or --sample.', exitCodes.usage)
  const config = await readSettings()
  mustBeEmbedded(config)
  const plan = sample ? null : await planCopy(config, set)
  lowPriority()
  const { openDrill } = await import('../drill/run-drill.ts')
  const drill = await openDrill({
    kind,
    plan,
    scratch: resolve(scratch ?? join(config.LYCEUM_HOME, 'drill')),
    settings: config,
    now: () => new Date(),
    tell
  })
  const report = await cleaningUp(drill.run, drill.close)
  const kept = sample ? false : await keep(report, whoAmI(by))
  if (report.verdict === 'failed') process.exitCode = exitCodes.failed
  else if (!report.withinAims) process.exitCode = exitCodes.pending
  answer(output === 'json', { ...report, kept }, () => inWords(report))
}

/** The newest set or the one that is named. @throws BackupError that says how backups are set up */
async function planCopy(config: Config, set: string | undefined): Promise<RestorePlan> {
  const [{ openBackups }, { planRestore }, { listSetsOf }, { allMigrations }, { recoveriesOf }] = await Promise.all([
    import('@lyceum/platform/backup/open'),
    import('@lyceum/platform/backup/plan-restore'),
    import('@lyceum/platform/backup/read-sets'),
    import('@lyceum/server/migrations'),
    import('@lyceum/platform/backup/recovery')
  ])
  const { key, first, offsite } = await openBackups(config)
  if (key.opener === undefined)
    throw new CommandFailed(
      'backup.no-identity',
      'Backups are sealed, and this machine has no key to try them out: name its file with BACKUP_IDENTITY_FILE.',
      exitCodes.refused
    )
  const repositories = [first, ...(typeof offsite === 'object' ? [offsite] : [])]
  const id = set ?? (await listSetsOf(repositories)).at(-1)?.set.id
  if (id === undefined)
    throw new CommandFailed(
      'backup.no-set',
      'There is no backup to try this out with yet: lyceum backup create --type full',
      exitCodes.refused
    )
  return planRestore(
    repositories,
    { kind: 'set', id },
    { release: config.RELEASE, migrations: allMigrations(), recoveries: recoveriesOf(config) }
  )
}

/** A drill that nobody can look up later was one all the same. */
async function keep(report: DrillReport, by: string): Promise<boolean> {
  try {
    await record(by, actionOf(report), report.kind, detailsOf(report))
    return true
  } catch (error) {
    tell(`It could not be written down: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

function inWords(report: DrillReport): string {
  const { kind, set, verdict, why, rpoSeconds, rtoSeconds, withinAims, tablesCompared, rowsHit, steps } = report
  const of = set === null ? 'a school made for it' : `set ${set}`
  const seconds = (found: number | null, aim: number): string =>
    found === null ? 'unknown' : `${found} s${found <= aim ? '' : `, more than the ${aim} s we aim at`}`
  return [
    verdict === 'passed'
      ? `${styled(withinAims ? 'green' : 'yellow', 'Passed')}: ${kind}, with ${of}.`
      : `${styled('red', 'Failed')}: ${kind}, with ${of}. ${why}`,
    table([
      ['  lost', seconds(rpoSeconds, AIMED.rpoSeconds)],
      ['  until back', seconds(rtoSeconds, AIMED.rtoSeconds)],
      ['  compared', `${tablesCompared} tables, row by row`],
      ...(rowsHit === 0 ? [] : [['  undone', `${rowsHit} rows that a bad statement hit`]])
    ]),
    table(
      steps.map(({ title, state, seconds: took }) => [`  ${SIGNS[state]}`, title, state === 'left' ? '–' : `${took} s`])
    ),
    ...(steps.some(({ state }) => state === 'left')
      ? ['What only a person can do (–) was left out: add the time it takes you.']
      : []),
    ...(verdict === 'passed'
      ? []
      : [`The steps: docs/operators/runbooks/${kind}.md. Mend what failed, and drill again.`])
  ].join('\n')
}

const SIGNS = { done: '✓', failed: '✗', left: '–' } as const

async function list({ output }: Pick<Given, 'output'>): Promise<void> {
  const drills = await withAuditLog(readLastDrills)
  answer(output === 'json', { drills }, () =>
    drills.length === 0
      ? 'There was no drill yet: lyceum drill database-lost'
      : table([
          ['DRILL', 'LAST', 'RESULT', 'LOST', 'UNTIL BACK', 'BY'],
          ...drills.map(({ kind, at, verdict, rpoSeconds, rtoSeconds, by }) => [
            kind,
            at,
            verdict,
            rpoSeconds === null ? '' : `${rpoSeconds} s`,
            rtoSeconds === null ? '' : `${rtoSeconds} s`,
            by
          ])
        ])
  )
}

function mustBeEmbedded({ DATABASE_URL }: Config): void {
  if (DATABASE_URL === null) return
  throw new CommandFailed(
    'backup.outside-database',
    'Drills are made with the embedded database. The one of DATABASE_URL is yours to try out: docs/operators/backups.md says how.',
    exitCodes.refused
  )
}

/** Requests come first; what is started from here inherits it. */
function lowPriority(): void {
  try {
    setPriority(19)
  } catch {
    // Where it is not allowed it runs as everything else.
  }
}
