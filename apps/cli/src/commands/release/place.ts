import { hostname, userInfo } from 'node:os'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditRow } from '@lyceum/platform/audit-chain'
import { systemClock } from '@lyceum/platform/clock'
import { type Config, secretValues } from '@lyceum/platform/config'
import { type Command, Option } from 'commander'
import pg from 'pg'
import { readSettings } from '../../environment.ts'
import { withDatabase, withProduct } from '../../installation.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { Refused, type Works } from '../../release/engine/surroundings.ts'
import { readBackup } from '../../release/facts/backup.ts'
import { collectFacts, type Sources } from '../../release/facts/collect.ts'
import { readDatabaseMark } from '../../release/facts/database-mark.ts'
import { askPrometheus, budgetOf, readWindows } from '../../release/facts/error-budget.ts'
import { readFreezes } from '../../release/facts/freezes.ts'
import { checkNotAtFrontDoor, checkReady } from '../../release/facts/front-door.ts'
import { faultsIn, type LogFaults } from '../../release/facts/log-faults.ts'
import { readPinned } from '../../release/facts/pinned.ts'
import { expandSchema, folderReleases } from '../../release/facts/release-folder.ts'
import { type Facts, type Finding, known, type Override } from '../../release/gate/gate.ts'
import { allGates, frozen, gatesBack, lookAtGates } from '../../release/gate/gates.ts'
import { notify, notifyByMail } from '../../release/notify.ts'
import { filesUnder, openTarget } from '../../release/open-target.ts'
import type { Operation } from '../../release/operate.ts'
import type { Plan } from '../../release/run/plan.ts'
import { syntheticInWords } from '../../release/run/run.ts'
import type { Colour, Target } from '../../release/target.ts'
import { openLearners } from '../../release/validation/learners.ts'
import { readImpact } from '../../release/validation/read-impact.ts'
import { validateAt } from '../../release/validation/validate.ts'
import { tell } from '../../terminal.ts'
import { readTime } from './time.ts'

const REMIND_MS = 60_000

/** Options of every command that has to do with releases. */
export interface PlaceOptions {
  readonly root: string
  readonly target: string
  readonly output: 'text' | 'json'
  readonly by?: string
  readonly lookEvery: number
}

export const placed = (command: Command): Command =>
  command
    .option('--root <folder>', 'what the installation was put into: releases, journal', '/srv/lyceum')
    .option('--target <way>', WAYS, 'host')
    .option('--by <name>', 'who does this; your name on this machine where none is given')
    .option('--look-every <time>', 'how often a release is looked at', readTime, 5_000)
    .addOption(outputOption())

export const WAYS = 'how it runs: host, compose, kubernetes, or a module that exports openTarget(root)'

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'text for people, or json: one object a line')
    .choices(['text', 'json'])
    .default('text')

export interface Exceptions {
  readonly override: Override | null
  readonly backupWaiver: string | null
}

export interface Place {
  readonly root: string
  readonly by: string
  readonly config: Config
  readonly operation: Operation
  facts(plan: Plan, exceptions: Exceptions): Promise<Facts>
}

export const whoAmI = (given: string | undefined): string => given ?? `${userInfo().username}@${hostname()}`

/** The installation, its target and everything a release is made with. */
export async function openPlace(
  { root: given, target: kind, by: name, output, lookEvery }: PlaceOptions,
  { override, backupWaiver }: Exceptions = { override: null, backupWaiver: null }
): Promise<Place> {
  const root = resolve(given)
  const by = whoAmI(name)
  const config = await readSettings()
  const target = await openTarget(kind, root)
  const releases = target.shelf ?? folderReleases(root)
  const keeping = target.keeping ?? filesUnder(root)
  const sources = (exceptions: Exceptions): Sources => ({
    root,
    releases,
    keeping,
    clock: systemClock,
    publicUrl: config.PUBLIC_URL,
    readFreezes,
    readImpact: () => withProduct(readImpact),
    readErrorBudget: async () =>
      budgetOf(
        config.PROMETHEUS_URL === null
          ? await withAuditLog((client) => readWindows(client, systemClock.now()))
          : await askPrometheus(config.PROMETHEUS_URL)
      ),
    readBackup: () => readBackup(config, withAuditLog),
    ...exceptions
  })
  const works: Works = {
    gates: async (plan) => {
      const findings = lookAtGates(
        await collectFacts(sources({ override, backupWaiver }), plan),
        plan.purpose === 'rollback' ? gatesBack : allGates
      )
      return openOrRefused(findings)
    },
    expand: (plan) =>
      plan.purpose === 'rollback'
        ? Promise.resolve('a schema is never taken back')
        : expandSchema(releases, plan.release.name),
    health: checkReady,
    validate: async (address, { probes }) => {
      const results = await withProduct((product, { ownerUrl }) => validateAt(product, ownerUrl, address, probes))
      const failed = results.filter(({ ok }) => !ok)
      if (failed.length > 0) throw new Error(failed.map(({ probe, why }) => `${probe}: ${why}`).join('; '))
      return results.map(({ probe, ms }) => `${probe} ${ms} ms`).join(', ')
    },
    learners: openLearners(withProduct),
    log: (colour) => readLog(target, colour, config),
    notAtFrontDoor: (release) => checkNotAtFrontDoor(config.PUBLIC_URL, release),
    pinned: readPinned,
    calendar: async (until) => {
      const now = systemClock.now()
      return frozen({ freezes: known(await readFreezes(now, until)), now, worstEnd: until })
    },
    database: () => withDatabase(({ ownerUrl }) => readDatabaseMark(ownerUrl))
  }
  const operation: Operation = {
    target,
    works,
    ...keeping,
    clock: systemClock,
    by,
    sleep: async (ms) => {
      await sleep(ms)
    },
    lookEveryMs: lookEvery,
    tell: output === 'json' ? sayJson : textTeller(),
    notify: async (run) => {
      await Promise.all([
        config.RELEASE_NOTIFY_WEBHOOK === null ? null : notify(config.RELEASE_NOTIFY_WEBHOOK, run),
        notifyByMail(config, run)
      ])
    },
    record: async (action, subject, details) => {
      try {
        await record(by, action, subject, details)
      } catch (error) {
        tell(
          `The audit log cannot be written (${error instanceof Error ? error.message : String(error)}). The journal has it.`
        )
      }
    }
  }
  return {
    root,
    by,
    config,
    operation,
    facts: (plan, exceptions) => collectFacts(sources(exceptions), plan)
  }
}

/** What the log of a colour says has gone wrong; null where the target has no logs to look at. */
export async function readLog(target: Target, colour: Colour, config: Config): Promise<LogFaults | null> {
  const lines = target.log?.(colour)
  return lines === undefined ? null : faultsIn(lines, secretValues(config))
}

/**
 * Adds to the audit log, behind what was noted while it could not be written; committed when it returns.
 * @param given for a command that mends the settings, and so cannot wait for them to be right
 */
export async function record(
  actor: string,
  action: string,
  subject: string,
  details: Readonly<Record<string, unknown>>,
  given?: Config
): Promise<AuditRow> {
  const [{ appendAudit }, { takeOverPending }, { keepCheckpoint }] = await Promise.all([
    import('@lyceum/platform/audit-log'),
    import('@lyceum/platform/audit-pending'),
    import('@lyceum/server/audit-keeping')
  ])
  return withAuditLog(async (client, config) => {
    await takeOverPending(client, resolve(config.LYCEUM_HOME))
    const row = await appendAudit(client, { at: systemClock.now().toISOString(), actor, action, subject, details })
    await keepCheckpoint(client, config, systemClock.now()).catch((error: unknown) =>
      tell(`No checkpoint of the audit log was kept: ${error instanceof Error ? error.message : String(error)}`)
    )
    return row
  }, given)
}

export const withAuditLog = <Answer>(
  work: (client: pg.Client, config: Config) => Promise<Answer>,
  given?: Config
): Promise<Answer> =>
  withDatabase(async ({ ownerUrl, config }) => {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lyceum audit' })
    await client.connect()
    try {
      return await work(client, config)
    } finally {
      await client.end()
    }
  }, given)

function openOrRefused(findings: readonly Finding[]): string {
  const shut = findings.filter(({ state }) => state === 'closed')
  if (shut.length > 0) throw new Refused(shut.map(({ gate, message }) => `${gate}: ${message}`).join('; '))
  const said = findings.filter(({ state }) => state !== 'open')
  return said.length === 0
    ? 'all open'
    : said.map(({ gate, state, message }) => `${gate} ${state}: ${message}`).join('; ')
}

/** Fields as in `lyceum help json`; what does not apply is left out. */
const sayJson: Operation['tell'] = (run, entry) => {
  const { at: ts, type, ...rest } = entry
  const { plan: _, ...facts } = { plan: null, ...rest }
  process.stdout.write(`${JSON.stringify({ ts, run: run.plan.run, type, ...facts })}\n`)
}

/** Looks that find what the one before found are told once a minute. */
function textTeller(): Operation['tell'] {
  let last = { said: '', at: 0 }
  return (_, entry) => {
    const line = inWords(entry)
    if (line === null) return
    const now = Date.parse(entry.at)
    const said = entry.type === 'measured' ? `${entry.step} ${entry.verdict} ${entry.why}` : line
    if (said === last.said && now - last.at < REMIND_MS) return
    last = { said, at: now }
    tell(`${entry.at.slice(11, 19)}  ${line}`)
  }
}

/** A line of the journal for people; null for what only machines need. */
function inWords(entry: Parameters<Operation['tell']>[1]): string | null {
  switch (entry.type) {
    case 'planned':
      return `${entry.plan.release.name}, ${entry.plan.strategy}, by ${entry.plan.by}`
    case 'begun':
      return `${entry.step} …`
    case 'done':
      return `${entry.step}: ${entry.note}`
    case 'failed':
      return `${entry.step} ${entry.refused ? 'refused' : 'failed'}: ${entry.why}`
    case 'instance':
      return `replaced ${entry.id}`
    case 'measured':
      return `${entry.step}: ${entry.verdict}, ${entry.why} (${entry.samples} requests, ${entry.errors} errors${syntheticInWords(entry.synthetic)}, ${Math.round(entry.heldMs / 1000)} s)`
    case 'command':
      return `${entry.by}: ${entry.command}${entry.why === '' ? '' : ` (${entry.why})`}`
    case 'calendar':
      return entry.frozen === null ? 'nothing in the calendar speaks against it any more' : `held: ${entry.frozen}`
    case 'observed':
    case 'baseline':
      return null
  }
}

/** @throws release.unknown naming those there are */
export async function chooseRelease({ operation }: Place, name: string) {
  const all = await operation.target.releases()
  const found = all.find((one) => one.name === name)
  if (found) return found
  throw new CommandFailed(
    'release.unknown',
    `There is no release “${name}” here. There are: ${all.map((one) => one.name).join(', ') || 'none'}.`,
    exitCodes.failed
  )
}
