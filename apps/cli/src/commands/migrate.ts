import type { Phase } from '@lyceum/platform/migration'
import { Command, InvalidArgumentError } from 'commander'
import { withMigrations } from '../installation.ts'
import { exitCodes } from '../outcome.ts'
import { answer, styled, table, tell } from '../terminal.ts'
import { contractCommand } from './migrate-contract.ts'

interface Json {
  readonly json?: boolean
}

const named = ({ module, name }: { readonly module: string; readonly name: string }): string => `${module}/${name}`

export function migrateCommand(): Command {
  const migrate = new Command('migrate')
    .description('the schema: bring it up to date, take it back, look at it, check new migrations')
    .addHelpText(
      'after',
      `
Uses DATABASE_URL, or the embedded database of LYCEUM_HOME, which is started for the moment if it is not running.

Examples:
  $ lyceum migrate status
  $ lyceum migrate check || echo "something is pending"
  $ lyceum migrate up`
    )
  migrate
    .command('up')
    .description('run what adds and fills in, each migration in its own transaction')
    .option('--json', 'as {applied: [name]}')
    .addHelpText(
      'after',
      `
On a database in which nothing has run yet: everything. Elsewhere what takes away waits for “lyceum migrate contract”.

Examples:
  $ DATABASE_URL=postgres://owner@db/lyceum lyceum migrate up`
    )
    .action(({ json }: Json) => up(json, ['expand', 'backfill']))
  for (const [phase, about] of PHASES)
    migrate
      .command(phase)
      .description(about)
      .option('--json', 'as {applied: [name]}')
      .addHelpText('after', `\nPart of “lyceum migrate up”.\n\nExamples:\n  $ lyceum migrate ${phase}`)
      .action(({ json }: Json) => up(json, [phase]))
  migrate.addCommand(contractCommand())
  migrate
    .command('down')
    .description('take back the newest migrations; what they hold is lost')
    .argument('[count]', 'how many', readCount, 1)
    .option('--json', 'as {takenBack: [name]}')
    .addHelpText(
      'after',
      '\nMake a backup first. A release that is rolled back does not need this.\n\nExamples:\n  $ lyceum migrate down 2'
    )
    .action((count: number, { json }: Json) =>
      withMigrations(async ({ migrateDown }, place) => {
        const takenBack = (await migrateDown({ ...place, log: tell }, count)).map(named)
        answer(json, { takenBack }, () => `Took back ${takenBack.length}.`)
      })
    )
  migrate
    .command('status')
    .description('what has run and what is pending')
    .option('--exit-code', 'exit with 2 when anything is pending, 0 when nothing is')
    .option('--json', 'as {applied, pending, ahead, foreign, invalidIndexes}')
    .addHelpText('after', '\nExamples:\n  $ lyceum migrate status --json | jq .pending')
    .action(({ json, exitCode }: Json & { exitCode?: boolean }) => status(json, exitCode ? 'anything' : 'nothing'))
  migrate
    .command('check')
    .description('exit with 2 when something is pending that this release needs, 0 when nothing is')
    .option('--json', 'as {applied, pending, ahead, foreign, invalidIndexes}')
    .addHelpText('after', '\nExamples:\n  $ lyceum migrate check && lyceum start')
    .action(({ json }: Json) => status(json, 'what adds'))
  migrate
    .command('lint')
    .description('look for migrations that would stop a running release or lock a large table')
    .argument('[files...]', 'migration files; every one of this release where none is named')
    .option('--json', 'as {findings: [{file, line, rule, message, remedy}]}')
    .addHelpText(
      'after',
      `
Looks with Lyceum's own rules, and with squawk where it is installed. Exits with 2 when there are findings.

Examples:
  $ lyceum migrate lint
  $ lyceum migrate lint modules/course/migrations/0002-*.sql`
    )
    .action(lint)
  return migrate
}

const PHASES = [
  ['expand', 'run what adds; the release that serves goes on with it'],
  ['backfill', 'run what fills in, in batches where the migration says so; killed, it goes on where it was']
] as const

const up = (json: boolean | undefined, phases: readonly Phase[]): Promise<void> =>
  withMigrations(async ({ migrateUp, migrationStatus }, place) => {
    const applied = (await migrateUp({ ...place, log: tell }, phases)).map(named)
    const left = (await migrationStatus(place)).pending.filter(({ phase }) => phase === 'contract').map(named)
    answer(json, { applied, left }, () =>
      [
        applied.length === 0 ? 'Nothing was pending.' : `Applied ${applied.length}.`,
        ...(left.length === 0
          ? []
          : [`${left.join(', ')} takes something away. When nobody goes back any more: lyceum migrate contract`])
      ].join('\n')
    )
  })

async function status(json: boolean | undefined, counts: 'nothing' | 'what adds' | 'anything'): Promise<void> {
  await withMigrations(async ({ migrationStatus }, place) => {
    const { applied, pending, ahead, foreign, invalidIndexes } = await migrationStatus(place)
    const adding = pending.filter(({ phase }) => phase !== 'contract')
    const counted = { nothing: [], 'what adds': [...adding, ...foreign], anything: [...pending, ...foreign] }[counts]
    if (counted.length > 0) process.exitCode = exitCodes.pending
    const value = {
      applied: applied.map((one) => ({ name: named(one), appliedAt: one.appliedAt })),
      pending: pending.map((one) => ({ name: named(one), phase: one.phase })),
      ahead: ahead.map((one) => ({ name: named(one), phase: one.phase })),
      foreign: foreign.map((one) => ({ name: named(one), why: one.why })),
      invalidIndexes
    }
    answer(json, value, () =>
      [
        table([
          ...value.applied.map(({ name, appliedAt }) => ['applied', name, appliedAt.toISOString()]),
          ...value.pending.map(({ name, phase }) => [styled('yellow', 'pending'), name, phase]),
          ...value.ahead.map(({ name, phase }) => ['ahead', name, `${phase}, of a newer release`]),
          ...value.foreign.map(({ name, why }) => [styled('red', 'foreign'), name, why]),
          ...invalidIndexes.map((name) => [
            styled('red', 'invalid'),
            name,
            'index whose build was broken off: drop it and build it again'
          ])
        ]),
        pending.length === 0
          ? 'Nothing is pending.'
          : adding.length > 0
            ? `${pending.length} pending: run “lyceum migrate up”.`
            : 'What adds has run. When nobody goes back any more: lyceum migrate contract'
      ].join('\n')
    )
  })
}

async function lint(files: string[], { json }: Json): Promise<void> {
  const [{ allMigrations }, { lintMigrations }, { runSquawk }] = await Promise.all([
    import('@lyceum/server/migrations'),
    import('../migration-lint/lint.ts'),
    import('../migration-lint/squawk.ts')
  ])
  const { readMigrationFile } = await import('../migration-lint/read-file.ts')
  const migrations = files.length === 0 ? allMigrations() : files.map(readMigrationFile)
  const squawk = await runSquawk(migrations)
  if (squawk === undefined) tell('squawk is not installed here; only Lyceum’s own rules were looked at.')
  const findings = [...lintMigrations(migrations), ...(squawk ?? [])]
  if (findings.length > 0) process.exitCode = exitCodes.pending
  answer(json, { findings }, () =>
    findings.length === 0
      ? `${migrations.length} migrations, nothing to mend.`
      : findings
          .map(({ file, line, rule, message, remedy }) => `${file}:${line} ${rule}\n  ${message}\n  → ${remedy}`)
          .join('\n')
  )
}

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Give a whole number from 1.')
}
