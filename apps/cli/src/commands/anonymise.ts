import { resolve } from 'node:path'
import { type Config, readConfig } from '@lyceum/platform/config'
import { Command, Option } from 'commander'
import pg from 'pg'
import type { Anonymised } from '../anonymise/anonymise.ts'
import { readEnvironment } from '../environment.ts'
import { cleaningUp } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, table, tell } from '../terminal.ts'

interface Given {
  readonly database?: string
  readonly home?: string
  readonly courseMedia: 'replace' | 'keep'
  readonly domain: string
  readonly json?: boolean
}

export const anonymiseCommand = (): Command =>
  new Command('anonymise')
    .description('put invented people in place of everybody in a restored copy, and prove that nobody is left')
    .option('--database <url>', 'the copy, as its owner; by default the one the settings name')
    .option('--home <folder>', 'the folder that was restored with it; by default LYCEUM_HOME')
    .addOption(
      new Option('--course-media <what>', 'pictures, films and documents of courses, and logos')
        .choices(['replace', 'keep'])
        .default('replace')
    )
    .option('--domain <name>', 'below which the schools of the copy get their hosts', 'localhost')
    .option('--json', 'as {columns, files, findings, …}')
    .addHelpText(
      'after',
      `
Works on nothing but what a restore has marked as a copy: database and files. Refused with 3 where the mark is missing, on a
machine that says it is production, and while anybody is connected. A copy whose run was broken off does not start; one in
which somebody was found (exit code 1) neither: remove it, restore it again.

Afterwards nobody can sign in but by the sign-ins that are printed once, and the copy sends no mail.

Examples:
  $ LYCEUM_ENV=staging lyceum anonymise --home /srv/copy
  $ LYCEUM_ENV=staging lyceum anonymise --database postgres://owner@db/copy --home /srv/copy --domain staging.example.org`
    )
    .action(run)

async function run({ database, home: folder, courseMedia, domain, json }: Given): Promise<void> {
  const env = readEnvironment()
  const refusals = await import('../anonymise/refuse.ts')
  const config = readConfig({
    ...env,
    ...(database === undefined
      ? {}
      : { DATABASE_URL: database, DATABASE_DIRECT_URL: undefined, DATABASE_REPLICA_URL: undefined }),
    ...(folder === undefined ? {} : { LYCEUM_HOME: folder })
  })
  refusals.mustNotBeProduction(env, config)
  const done = await onCopy(config, async (connection, ownerUrl) => {
    const [{ readCopyMark }, { areFilesOfCopy }, { migrationStatus }, { openStorage }, { readCatalog }, server] =
      await Promise.all([
        import('@lyceum/platform/copy-mark'),
        import('@lyceum/platform/files-mark'),
        import('@lyceum/platform/migrate'),
        import('@lyceum/platform/open-storage'),
        import('@lyceum/platform/catalog'),
        Promise.all([import('@lyceum/server/columns'), import('@lyceum/server/migrations')])
      ])
    const [{ allColumns, COURSE_MEDIA }, { allMigrations }] = server
    const home = resolve(config.LYCEUM_HOME)
    const isConfigured = database === undefined || database === env.DATABASE_URL
    refusals.mustBeCopy(await readCopyMark(connection), isConfigured)
    refusals.mustHaveFilesOfCopy(
      await areFilesOfCopy(config, home),
      config.STORAGE === 'disk' ? home : `${config.STORAGE}, as the settings name it`
    )
    await refusals.mustBeAlone(connection)
    refusals.mustBeMigrated(await migrationStatus({ ownerUrl, migrations: allMigrations() }))
    refusals.mustBeKnown(
      (await readCatalog(connection)).filter(({ name }) => name !== 'public.lyceum_copy'),
      allColumns
    )
    const { anonymise } = await import('../anonymise/anonymise.ts')
    return anonymise({
      connection,
      storage: await openStorage(config, home),
      home,
      columns: allColumns,
      keptFiles: courseMedia === 'keep' ? COURSE_MEDIA : null,
      domain,
      now: () => new Date(),
      tell
    })
  })
  answer(json, done, () => inWords(done))
  if (done.findings.length > 0)
    throw new CommandFailed(
      'anonymise.not-clean',
      'Somebody is still in the copy: it stays closed. Say in the columns of the module what the columns named above hold (or use --course-media replace), remove this copy, restore it again and run this once more.'
    )
}

async function onCopy<Answer>(
  config: Config,
  work: (connection: pg.Client, ownerUrl: string) => Promise<Answer>
): Promise<Answer> {
  const [{ openOwnedDatabase }, { findRunning }] = await Promise.all([
    import('@lyceum/server/surroundings'),
    import('@lyceum/server/running')
  ])
  const running = config.DATABASE_URL === null ? findRunning(resolve(config.LYCEUM_HOME)) : undefined
  if (running)
    throw new CommandFailed(
      'anonymise.in-use',
      `Lyceum is running from ${resolve(config.LYCEUM_HOME)} (process ${running.pid}). Nothing was changed. Stop it if this is a copy.`,
      exitCodes.refused
    )
  const quiet = { info: () => undefined, warn: () => undefined, error: (_: object, message: string) => tell(message) }
  const { ownerUrl, postgres } = await openOwnedDatabase(config, quiet, { attach: false })
  const connection = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum anonymise' })
  return cleaningUp(
    async () => {
      await connection.connect()
      return work(connection, ownerUrl)
    },
    async () => {
      await connection.end()
      await postgres?.stop()
    }
  )
}

function inWords({ columns, files, findings, removed, signIns, open, keptFiles, replacedFiles }: Anonymised): string {
  const people = `${removed.name} names, ${removed.email} e-mail addresses, ${removed.phone} telephone numbers, ${removed.host} hosts, ${removed.token} secrets, ${removed.id} ids and ${removed.text} places of texts`
  const found = findings.map(({ place, column, kind, count }) => [
    `  ${place}${column === null ? '' : `.${column}`}`,
    kind,
    String(count)
  ])
  return [
    `${replacedFiles} files were replaced${keptFiles > 0 ? `, ${keptFiles} kept` : ''}. Looked for ${people} in ${columns} columns and ${files} files.`,
    findings.length === 0
      ? 'Found none. The copy may be used.'
      : `Found in ${findings.length} places:\n${table(found)}`,
    ...(open.length > 0 ? [`Not done with the rights of this role:\n${open.map((one) => `  ${one}`).join('\n')}`] : []),
    ...(findings.length === 0
      ? [
          'Sign-ins, shown this once:',
          table(
            signIns.map(({ host, role, operator, email, password }) => [
              `  ${host ?? '(no host)'}`,
              operator ? `${role}, operator` : role,
              email,
              password
            ])
          )
        ]
      : [])
  ].join('\n')
}
