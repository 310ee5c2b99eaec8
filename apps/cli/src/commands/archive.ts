import { resolve } from 'node:path'
import { Command } from 'commander'
import pg from 'pg'
import { size } from '../database-report/advise.ts'
import { readSettings } from '../environment.ts'
import { withDatabase } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, table } from '../terminal.ts'

interface Json {
  readonly json?: boolean
}

export function archiveCommand(): Command {
  const archive = new Command('archive')
    .description('move old rows out of the database into compressed files, and read them again')
    .addHelpText(
      'after',
      `
What goes, and after how many days: sign-ins that ended, sent mail, notifications that were read, events that were handed on, jobs that
gave up. ARCHIVE_AFTER_DAYS changes the days, ARCHIVE_KEEP_DAYS how long files stay. The audit log always stays where it is.

Examples:
  $ lyceum archive run
  $ lyceum archive read mails | jq -r .subject`
    )
  archive
    .command('run')
    .description('move what is old enough, and remove files that are kept no longer')
    .option('--dry-run', 'count what would go')
    .option('--json', 'as {moved, removed, mended}')
    .addHelpText(
      'after',
      `
Happens every night at 01:00 UTC where ARCHIVE_NIGHTLY=true; at 02:00 the product forgets what is older still. Killing it loses nothing.
Exits 75 while another run is under way.

Examples:
  $ lyceum archive run --dry-run`
    )
    .action(run)
  archive
    .command('list')
    .description('the files there are')
    .option('--json', 'as {folder, files}')
    .addHelpText('after', '\nExamples:\n  $ lyceum archive list')
    .action(list)
  archive
    .command('read')
    .argument('<name>', 'what was archived (mails), or the path of one file')
    .description(
      'rows as they were, one JSON object a line, oldest first; every file is checked against its digest before'
    )
    .addHelpText('after', '\nExamples:\n  $ lyceum archive read sign-ins | jq -r .device | sort | uniq -c')
    .action(read)
  return archive
}

async function run({ dryRun, json }: Json & { readonly dryRun?: boolean }): Promise<void> {
  const [{ runArchive, countDue, ArchiveBusy }, { archiveSettings, ArchiveDaysUnknown }] = await Promise.all([
    import('@lyceum/server/archive'),
    import('@lyceum/server/archive-settings')
  ])
  await withDatabase(async ({ ownerUrl, config }) => {
    const connection = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum archive' })
    await connection.connect()
    try {
      const options = { ...archiveSettings(config), connection, now: new Date() }
      if (dryRun) {
        const due = await countDue(options)
        return answer(json, { due }, () => table(due.map(({ name, rows }) => [name, `${rows} rows`])))
      }
      const done = await runArchive(options)
      answer(json, done, () =>
        [
          table(done.moved.map(({ name, rows, files }) => [name, `${rows} rows`, `${files} files`])),
          ...(done.mended > 0 ? [`${done.mended} files of a run that was broken off were looked after.`] : []),
          ...(done.removed > 0 ? [`${done.removed} files were old enough to be removed.`] : [])
        ].join('\n')
      )
    } catch (error) {
      if (error instanceof ArchiveBusy) throw new CommandFailed(error.code, error.message, exitCodes.busy)
      if (error instanceof ArchiveDaysUnknown) throw new CommandFailed(error.code, error.message)
      throw error
    } finally {
      await connection.end()
    }
  })
}

async function list({ json }: Json): Promise<void> {
  const { folder, listArchives } = await openArchive()
  const { files } = await listArchives(folder)
  answer(json, { folder, files }, () =>
    files.length === 0
      ? `Nothing is archived in ${folder} yet: lyceum archive run.`
      : table(
          files.map(({ name, from, to, rows, bytes, file }) => [
            name,
            from.slice(0, 10),
            to.slice(0, 10),
            `${rows} rows`,
            size(bytes),
            file
          ])
        )
  )
}

async function read(name: string): Promise<void> {
  const { folder, listArchives, readArchive } = await openArchive()
  const { files } = await listArchives(folder)
  const wanted = files.filter((one) => one.name === name || one.file === resolve(name))
  if (wanted.length === 0)
    throw new CommandFailed(
      'archive.unknown',
      `Nothing called “${name}” is archived in ${folder}. There is: ${[...new Set(files.map((one) => one.name))].join(', ') || 'nothing'}.`
    )
  for (const file of wanted) process.stdout.write(`${(await readArchive(file)).join('\n')}\n`)
}

async function openArchive() {
  const [files, { archiveFolder }] = await Promise.all([
    import('@lyceum/server/archive-file'),
    import('@lyceum/server/archive-settings')
  ])
  return { ...files, folder: archiveFolder(await readSettings()) }
}
