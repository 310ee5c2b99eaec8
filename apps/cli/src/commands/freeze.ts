import type { CalendarKind } from '@lyceum/course/contract'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { withProduct } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, tell } from '../terminal.ts'

interface Output {
  readonly json?: boolean
  readonly output?: 'text' | 'json'
}
interface Where extends Output {
  readonly school?: string
}
interface Add extends Where {
  readonly kind: CalendarKind
  readonly from: string
  readonly to: string
  readonly margin?: number
  readonly exams: boolean
}

const KINDS: readonly CalendarKind[] = ['event', 'exam-period', 'term', 'holiday']

export function freezeCommand(): Command {
  const freeze = new Command('freeze').description('when releases are held: exam periods of all schools').addHelpText(
    'after',
    `
Releases are held while any school has exams, and from 24 hours before; and while nothing is known about a school's exams.

Examples:
  $ lyceum freeze list
  $ lyceum freeze check && ./deploy.sh
  $ lyceum freeze add "Data centre moves" --school hill --from 2026-08-01 --to 2026-08-02`
  )
  freeze
    .command('list')
    .description('what holds releases now and next, and the quiet hours in between')
    .option('--school <slug>', 'one school alone')
    .addOption(outputOption())
    .option('--json', 'as {open, because, until, next, freezes, quiet}')
    .addHelpText('after', '\nExamples:\n  $ lyceum freeze list --json | jq .quiet.windows')
    .action(list)
  freeze
    .command('check')
    .description('exit with 0 when releases are open, 3 when they are held')
    .option('--at <instant>', 'then instead of now, such as 2026-05-11T08:00:00Z', readInstant)
    .option('--until <instant>', 'from then to this: the latest end of a release', readInstant)
    .addOption(outputOption())
    .option('--json', 'as {open, because, until, next, crossed}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum freeze check --at 2026-05-11T08:00:00Z\n  $ lyceum freeze check -o json'
    )
    .action(check)
  freeze
    .command('add')
    .description("enter a freeze into a school's calendar")
    .argument('<title>', 'as people read it')
    .requiredOption('--from <day>', 'first day, or day and time: 2026-08-01T22:00', readLocal)
    .requiredOption('--to <day>', 'last day, or day and time', readLocal)
    .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).default('event'))
    .option('--margin <hours>', 'hours before in which releases stop (24; 0 for an event)', readHours)
    .option('--no-exams', 'of a term: it has no exam periods')
    .option('--school <slug>', 'where there are several')
    .addOption(outputOption())
    .option('--json', 'as the entry')
    .addHelpText(
      'after',
      `
Days and times are those of the school's own time zone.

Examples:
  $ lyceum freeze add "Finals" --kind exam-period --from 2026-05-11 --to 2026-05-22 --school hill
  $ lyceum freeze add "Summer term" --kind term --no-exams --from 2026-06-01 --to 2026-08-31 --school hill`
    )
    .action(add)
  freeze
    .command('import')
    .description("import an iCalendar file into a school's calendar; again replaces")
    .argument('<file>', 'the .ics')
    .option('--school <slug>', 'where there are several')
    .addOption(
      new Option('--otherwise <kind>', 'kind of what neither category nor title tells').choices(KINDS).default('event')
    )
    .option('--dry-run', 'show what would happen and do nothing')
    .addOption(outputOption())
    .option('--json', 'as {rows, counts}')
    .addHelpText(
      'after',
      '\nExits with 2 when events could not be read; the others are imported.\n\nExamples:\n  $ lyceum freeze import exams.ics --school hill --dry-run'
    )
    .action(importFile)
  freeze
    .command('remove')
    .description('take an entry out of the calendar')
    .addArgument(new Argument('<id>', 'from “lyceum freeze list”'))
    .addOption(outputOption())
    .option('--json', 'as the entry')
    .addHelpText('after', '\nExamples:\n  $ lyceum freeze remove 0198a000-0000-7000-8000-000000000001')
    .action(remove)
  return freeze
}

const outputOption = () => new Option('-o, --output <form>', 'text, or json as --json').choices(['text', 'json'])
const asJson = ({ json, output }: Output): boolean => json === true || output === 'json'

function list(given: Where): Promise<void> {
  return withProduct(async (product) => {
    const [{ allFreezes }, { freezeStateAt, crossedFreezes }, { quietWindows }, { readActivity }] = await Promise.all([
      import('../freeze/read-freezes.ts'),
      import('@lyceum/course/academic-calendar'),
      import('@lyceum/user/activity'),
      import('@lyceum/user/activity-count')
    ])
    const { freezeTable, quietText, stateText } = await import('../freeze/freeze-text.ts')
    const { chooseSchool } = await import('../schools.ts')
    const only = given.school === undefined ? undefined : await chooseSchool(product, given.school)
    const { clock, database } = product.users
    const now = clock.now()
    const all = (await allFreezes(product)).filter(({ school }) => only === undefined || school.id === only.id)
    const freezes = crossedFreezes(all, now, FAR_AHEAD)
    const quiet = quietWindows(await readActivity(database, now), {
      now,
      isHeld: (from, until) => crossedFreezes(all, from, until).length > 0
    })
    const state = freezeStateAt(all, now)
    answer(asJson(given), { ...state, freezes, quiet }, () =>
      [stateText(state, now), '', freezeTable(freezes), '', quietText(quiet)].join('\n')
    )
  })
}

const FAR_AHEAD = new Date('9999-12-31T00:00:00Z')

function check({ at, until, ...given }: Output & { readonly at?: Date; readonly until?: Date }): Promise<void> {
  return withProduct(async (product) => {
    const { readFreezes } = await import('../freeze/read-freezes.ts')
    const { crossedText, stateText } = await import('../freeze/freeze-text.ts')
    const now = product.users.clock.now()
    const from = at ?? now
    if (until !== undefined && until < from)
      throw new CommandFailed(
        'freeze.until-before-at',
        'The end is before the beginning. Give a later --until.',
        exitCodes.usage
      )
    const found = await readFreezes(product, from, until ?? from)
    const open = found.crossed.length === 0
    if (!open) process.exitCode = exitCodes.refused
    answer(asJson(given), { ...found, open }, () =>
      found.open && !open ? crossedText(found.crossed, now) : stateText(found, now)
    )
  })
}

function add(title: string, { kind, from, to, margin, exams, school, ...given }: Add): Promise<void> {
  return withProduct(async (product) => {
    const { calendarOf } = await import('../freeze/read-freezes.ts')
    const { chooseSchool } = await import('../schools.ts')
    const chosen = await chooseSchool(product, school)
    const [startsOn = '', startTime = null] = from.split('T')
    const [endsOn = '', endTime = null] = to.split('T')
    const entry = await calendarOf(product, chosen).createCalendarEntry({
      kind,
      title,
      startsOn,
      endsOn,
      startTime,
      endTime,
      freezes: true,
      marginHours: margin ?? (kind === 'event' ? 0 : 24),
      noExams: !exams
    })
    answer(asJson(given), entry, () => `${chosen.name} has “${entry.title}” in its calendar (${entry.id}).`)
  })
}

function importFile(
  file: string,
  { school, otherwise, dryRun, ...given }: Where & { readonly otherwise: CalendarKind; readonly dryRun?: boolean }
): Promise<void> {
  return withProduct(async (product) => {
    const { readFile } = await import('node:fs/promises')
    const { calendarOf } = await import('../freeze/read-freezes.ts')
    const { importText } = await import('../freeze/freeze-text.ts')
    const { chooseSchool } = await import('../schools.ts')
    const chosen = await chooseSchool(product, school)
    const ics = await readFile(file, 'utf8').catch(() => {
      throw new CommandFailed('freeze.file-not-found', `There is no readable file at ${file}. Check the path.`)
    })
    if (ics.length > MOST_CHARACTERS)
      throw new CommandFailed(
        'freeze.file-too-large',
        'The file has more than a million characters. Export only the academic calendar, or fewer years.'
      )
    const calendar = calendarOf(product, chosen)
    const done = await (dryRun
      ? calendar.previewCalendarImport({ ics, otherwise })
      : calendar.importCalendar({ ics, otherwise }))
    for (const { title, uid, faults } of done.rows)
      for (const { message } of faults) tell(`${title || uid || 'An event'}: ${message}`)
    if (done.counts.error > 0) process.exitCode = exitCodes.pending
    answer(asJson(given), done, () => importText(done, dryRun === true))
  })
}

/** What the operation takes. */
const MOST_CHARACTERS = 1_000_000

function remove(entryId: string, given: Output): Promise<void> {
  return withProduct(async (product) => {
    const { calendarOf } = await import('../freeze/read-freezes.ts')
    const { listSchools } = await import('../schools.ts')
    for (const school of await listSchools(product)) {
      const calendar = calendarOf(product, school)
      const entry = (await calendar.listCalendarEntries({})).entries.find(({ id }) => id === entryId)
      if (!entry) continue
      await calendar.deleteCalendarEntry({ entryId })
      answer(asJson(given), entry, () => `“${entry.title}” is no longer in the calendar of ${school.name}.`)
      return
    }
    throw new CommandFailed('freeze.unknown', `No calendar has an entry ${entryId}. Look for it: lyceum freeze list`)
  })
}

function readInstant(given: string): Date {
  const at = new Date(given)
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(given) && !Number.isNaN(at.getTime())) return at
  throw new InvalidArgumentError('Give an instant with its zone, such as 2026-05-11T08:00:00Z.')
}

function readLocal(given: string): string {
  if (/^\d{4}-\d{2}-\d{2}(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/.test(given)) return given
  throw new InvalidArgumentError('Give a day such as 2026-05-11, or 2026-05-11T09:00.')
}

function readHours(given: string): number {
  const hours = Number(given)
  if (Number.isInteger(hours) && hours >= 0 && hours <= 336) return hours
  throw new InvalidArgumentError('Give whole hours from 0 to 336.')
}
