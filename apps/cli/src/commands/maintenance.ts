import {
  endMaintenance,
  type Maintenance,
  orderMaintenance,
  readMaintenance,
  waitSeconds
} from '@lyceum/platform/maintenance'
import { Command } from 'commander'
import { withProduct } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { openDeadlines } from '../release/gate/deadlines.ts'
import type { Override } from '../release/gate/gate.ts'
import { readOverride } from '../release/gate/override.ts'
import { readImpact } from '../release/validation/read-impact.ts'
import { answer, tell } from '../terminal.ts'
import { outputOption, record, whoAmI, withAuditLog } from './release/place.ts'
import { readInstant, readTime } from './release/time.ts'

interface Given {
  readonly output: 'text' | 'json'
  readonly by?: string
}
interface On extends Given {
  readonly at?: Date
  readonly until?: Date
  readonly message: string
  readonly retryAfter: number
  readonly override?: boolean
  readonly approvedBy?: string
  readonly ticket?: string
  readonly reason?: string
}

export function maintenanceCommand(): Command {
  const maintenance = new Command('maintenance')
    .description('close the installation to people for a while, and open it again')
    .addHelpText(
      'after',
      `
While it is closed everybody gets 503 with Retry-After, browsers a page in English or Arabic. Health, readiness, metrics and
files of the web app are answered as ever; operators sign in at /sign-in and work as usual. Jobs go on.

Examples:
  $ lyceum maintenance on --until 2027-02-01T04:30:00Z --message "We move to new machines."
  $ lyceum maintenance on --at 2027-02-01T03:00:00Z --until 2027-02-01T04:30:00Z
  $ lyceum maintenance off`
    )
  const with_ = (command: Command) =>
    command
      .option('--by <name>', 'who does this; your name on this machine where none is given')
      .addOption(outputOption())
  with_(maintenance.command('on'))
    .description('close it, now or at a time that people are told beforehand')
    .option('--at <instant>', 'then instead of now, such as 2027-02-01T03:00:00Z', readInstant)
    .option('--until <instant>', 'what people are told; it stays closed until “lyceum maintenance off”', readInstant)
    .option('--message <text>', 'for people, beside what they are told anyway', '')
    .option('--retry-after <time>', 'when to try again, where --until does not say it', readTime, 300_000)
    .option('--override', 'close it although people are at work that has a deadline')
    .option('--approved-by <name>', 'the second person who wants that')
    .option('--ticket <id>', 'under which it is looked at afterwards')
    .option('--reason <text>', 'why, in at least 20 characters')
    .addHelpText(
      'after',
      `
Refused with 3 while anybody is at work with a deadline after it begins (“lyceum impact”), or when that cannot be found out.

Examples:
  $ lyceum maintenance on --message "Back in ten minutes."
  $ lyceum maintenance on --override --approved-by "Ben Okri" --ticket OPS-9 \\
      --reason "the storage is losing files as we speak"`
    )
    .action(on)
  with_(maintenance.command('off'))
    .description('open it again, or take back what was announced')
    .addHelpText('after', '\nExamples:\n  $ lyceum maintenance off')
    .action(off)
  with_(maintenance.command('status'))
    .description('whether it is closed or will be, and who would be disturbed')
    .addHelpText('after', '\nExamples:\n  $ lyceum maintenance status -o json | jq .state')
    .action(status)
  return maintenance
}

async function on(given: On): Promise<void> {
  const now = new Date()
  const startsAt = given.at ?? now
  const by = whoAmI(given.by)
  if (given.until && given.until <= startsAt)
    throw new CommandFailed('maintenance.ends-first', '--until must be after it begins.', exitCodes.usage)
  const override = given.override ? readOverride({ ...pick(given), by, now }) : null
  const work = await deadlinesAfter(startsAt)
  if (work !== null && override === null)
    throw new CommandFailed(
      'maintenance.refused',
      `${work} Wait until then, choose another time with --at, or in an emergency: --override --approved-by … --ticket … --reason …`,
      exitCodes.refused
    )
  const ordered: Maintenance = {
    startsAt,
    until: given.until ?? null,
    message: given.message.trim(),
    retryAfter: Math.max(1, Math.ceil(given.retryAfter / 1000)),
    orderedBy: by
  }
  // Above everything else: what could not be written down is not done.
  if (override !== null && work !== null) await recordOverride(by, override, work)
  await record(by, 'maintenance.on', 'installation', { ...inJson(ordered), work })
  await withAuditLog((client) => orderMaintenance(client, ordered))
  answer(given.output === 'json', { state: stateOf(ordered, now), maintenance: inJson(ordered), work }, () =>
    startsAt > now
      ? `Announced. It closes at ${startsAt.toISOString()}. Look again shortly before: lyceum maintenance status`
      : 'Closed; every process follows within five seconds. Open it again: lyceum maintenance off'
  )
}

async function off({ by, output }: Given): Promise<void> {
  const before = await withAuditLog(readMaintenance)
  if (before) await record(whoAmI(by), 'maintenance.off', 'installation', inJson(before))
  await withAuditLog(endMaintenance)
  answer(output === 'json', { state: 'open', was: before ? inJson(before) : null }, () =>
    before ? 'Open again; every process follows within five seconds.' : 'It was open already.'
  )
}

async function status({ output }: Given): Promise<void> {
  const now = new Date()
  const found = await withAuditLog(readMaintenance)
  const work = await deadlinesAfter(found && found.startsAt > now ? found.startsAt : now)
  const state = stateOf(found, now)
  answer(output === 'json', { state, maintenance: found ? inJson(found) : null, work }, () =>
    [
      found
        ? {
            announced: `It closes at ${found.startsAt.toISOString()}, by ${found.orderedBy}.`,
            closed: `Closed since ${found.startsAt.toISOString()} by ${found.orderedBy}; people are told to come again in ${waitSeconds(found, now)} seconds. Open it again: lyceum maintenance off`,
            open: ''
          }[state]
        : 'Open.',
      ...(found?.until ? [`People are told: until ${found.until.toISOString()}.`] : []),
      ...(work === null ? [] : [work])
    ].join('\n')
  )
}

/** Why nobody should be shut out at that moment; null where nothing speaks against it. */
async function deadlinesAfter(moment: Date): Promise<string | null> {
  try {
    const due = openDeadlines(await withProduct(readImpact), moment)
    return due === null ? null : `People are at work with a deadline: ${due}.`
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return 'It could not be found out who is at work with a deadline.'
  }
}

const recordOverride = (by: string, override: Override, work: string) =>
  record(by, 'release.override', 'maintenance', { ...override, expiresAt: override.expiresAt.toISOString(), work })

const pick = ({ approvedBy, ticket, reason }: On) => ({ approvedBy, ticket, reason })

function stateOf(found: Maintenance | undefined, now: Date): 'open' | 'announced' | 'closed' {
  if (!found) return 'open'
  return found.startsAt > now ? 'announced' : 'closed'
}

const inJson = ({ startsAt, until, ...rest }: Maintenance) => ({
  ...rest,
  startsAt: startsAt.toISOString(),
  until: until?.toISOString() ?? null
})
