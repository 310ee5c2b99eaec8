import { Command, InvalidArgumentError } from 'commander'
import { withDatabase } from '../installation.ts'
import { exitCodes } from '../outcome.ts'
import { answer, styled, table, tell } from '../terminal.ts'

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
    .description('run what is pending, each migration in its own transaction')
    .option('--json', 'as {applied: [name]}')
    .addHelpText('after', '\nExamples:\n  $ DATABASE_URL=postgres://owner@db/lyceum lyceum migrate up')
    .action(({ json }: Json) =>
      withMigrations(async ({ migrateUp }, place) => {
        const applied = (await migrateUp({ ...place, log: tell })).map(named)
        answer(json, { applied }, () => (applied.length === 0 ? 'Nothing was pending.' : `Applied ${applied.length}.`))
      })
    )
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
    .option('--json', 'as {applied, pending, ahead, foreign}')
    .addHelpText('after', '\nExamples:\n  $ lyceum migrate status --json | jq .pending')
    .action(({ json }: Json) => status(json, false))
  migrate
    .command('check')
    .description('exit with 2 when something is pending, 0 when nothing is')
    .option('--json', 'as {applied, pending, ahead, foreign}')
    .addHelpText('after', '\nExamples:\n  $ lyceum migrate check && lyceum start')
    .action(({ json }: Json) => status(json, true))
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

async function withMigrations(
  work: (
    migrating: typeof import('@lyceum/platform/migrate'),
    place: { ownerUrl: string; migrations: ReturnType<typeof import('@lyceum/server/migrations').allMigrations> }
  ) => Promise<void>
): Promise<void> {
  const [migrating, { allMigrations }] = await Promise.all([
    import('@lyceum/platform/migrate'),
    import('@lyceum/server/migrations')
  ])
  await withDatabase(({ ownerUrl }) => work(migrating, { ownerUrl, migrations: allMigrations() }))
}

async function status(json: boolean | undefined, check: boolean): Promise<void> {
  await withMigrations(async ({ migrationStatus }, place) => {
    const { applied, pending, ahead, foreign } = await migrationStatus(place)
    if (check && (pending.length > 0 || foreign.length > 0)) process.exitCode = exitCodes.pending
    const value = {
      applied: applied.map((one) => ({ name: named(one), appliedAt: one.appliedAt })),
      pending: pending.map((one) => ({ name: named(one), phase: one.phase })),
      ahead: ahead.map((one) => ({ name: named(one), phase: one.phase })),
      foreign: foreign.map((one) => ({ name: named(one), why: one.why }))
    }
    answer(json, value, () =>
      [
        table([
          ...value.applied.map(({ name, appliedAt }) => ['applied', name, appliedAt.toISOString()]),
          ...value.pending.map(({ name, phase }) => [styled('yellow', 'pending'), name, phase]),
          ...value.ahead.map(({ name, phase }) => ['ahead', name, `${phase}, of a newer release`]),
          ...value.foreign.map(({ name, why }) => [styled('red', 'foreign'), name, why])
        ]),
        pending.length === 0 ? 'Nothing is pending.' : `${pending.length} pending: run “lyceum migrate up”.`
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
