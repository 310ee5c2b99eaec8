import { resolve } from 'node:path'
import { appendAudit } from '@lyceum/platform/audit-log'
import { takeOverPending } from '@lyceum/platform/audit-pending'
import { createBackup } from '@lyceum/platform/backup/create'
import { BackupError } from '@lyceum/platform/backup/error'
import { restorePart as carryOver, type PlannedPart, planPart } from '@lyceum/platform/backup/part'
import { mustNotClash } from '@lyceum/platform/backup/part-clashes'
import { withPartCopy } from '@lyceum/platform/backup/part-copy'
import type { PartPlan } from '@lyceum/platform/backup/part-plan'
import type { RestorePlan } from '@lyceum/platform/backup/plan-restore'
import { readContentsFromAny, readManifest } from '@lyceum/platform/backup/read-sets'
import { type RestoredFiles, restoreFiles } from '@lyceum/platform/backup/restore-files'
import { partScratchOf } from '@lyceum/platform/backup/scratch'
import type { Config } from '@lyceum/platform/config'
import { migrationStatus } from '@lyceum/platform/migrate'
import type { Migration } from '@lyceum/platform/migration'
import { openStorage } from '@lyceum/platform/open-storage'
import type { Storage } from '@lyceum/platform/storage'
import { whereSecretsAre } from '@lyceum/platform/where-secrets-are'
import { keepCheckpoint } from '@lyceum/server/audit-keeping'
import { allMigrations } from '@lyceum/server/migrations'
import { allParts } from '@lyceum/server/parts'
import pg from 'pg'
import { checksInWords, lookAtEverything } from '../../checks/look.ts'
import { whoAmI } from '../../commands/release/place.ts'
import { readEnvironment } from '../../environment.ts'
import { withDatabase } from '../../installation.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { answer, styled, tell } from '../../terminal.ts'
import { findPart, type WantedPart } from './find-part.ts'
import { missingFiles } from './missing-files.ts'
import { planInWords, tableOf } from './plan-in-words.ts'

export interface RestorePart {
  readonly config: Config
  readonly plan: RestorePlan
  readonly wanted: { readonly school: string; readonly course: string | undefined }
  readonly withoutPoint: boolean
  /** Where the set is restored meanwhile. */
  readonly scratch: string | undefined
  readonly dryRun: boolean
  readonly json: boolean
  /** Asks whether what is told is to be done. @throws where it is not */
  readonly want: (words: string) => Promise<void>
}

interface Around extends RestorePart {
  readonly home: string
  readonly ownerUrl: string
  readonly copyUrl: string
  readonly storage: Storage
  readonly part: WantedPart
}

/** Brings one school or one course back into the installation that runs. */
export const restorePart = (order: RestorePart): Promise<void> =>
  withDatabase(async ({ ownerUrl }) => {
    const { config, plan, scratch } = order
    const home = resolve(config.LYCEUM_HOME)
    const migrations = await migrationsOf(ownerUrl)
    const storage = await openStorage(config, home)
    mustHavePoint(order)
    await withPartCopy(
      { plan, migrations, scratch: scratch === undefined ? partScratchOf(home) : resolve(scratch), tell },
      async (copyUrl) => {
        const part = await onBoth(ownerUrl, copyUrl, (live, copy) => findPart(live, copy, order.wanted))
        await restoreFound({ ...order, home, ownerUrl, copyUrl, storage, part })
      }
    )
  }, order.config)

async function restoreFound(around: Around): Promise<void> {
  const { part, plan, json, dryRun, ownerUrl, copyUrl, storage, want } = around
  tell(`Comparing ${part.called} with what it was…`)
  const order = { liveUrl: ownerUrl, copyUrl, rules: allParts, part }
  const planned = await planPart(order)
  const missing = await missingFiles(storage, planned.files)
  const people = await namesOf(around, planned)
  const words = planInWords({ called: part.called, asOf: plan.reaches, plan: planned, missing: missing.length, people })
  const described = { ...describe(around, planned), filesToBringBack: missing.length, clashes: planned.clashes, people }
  if (!dryRun) mustNotClash(planned.clashes)
  if (dryRun) {
    if (planned.clashes.length > 0) process.exitCode = exitCodes.refused
    return answer(json, { plan: described }, () => words)
  }
  if (isNothing(planned) && missing.length === 0)
    return answer(json, { plan: described, changed: false }, () => `${words}\nNothing is to be done.`)
  await want(words)

  const point = await makePoint(around)
  await note(around, 'backup.part-restore-begun', describe(around, planned), point)
  const files = await bringFilesBack(around, missing)
  tell('Carrying rows over…')
  const now = new Date()
  const done = await carryOver({
    ...order,
    asOf: plan.reaches,
    now,
    audit: (carried) =>
      entry(around, 'backup.part-restored', { ...describe(around, carried), point, files: files.files })
  })
  // Until the rows were there, a job that removes unused bytes could not know that they are used.
  const later = await bringFilesBack(around, await missingFiles(storage, done.files))
  await keepAudit(around, now)
  const checks = await lookAtEverything({ config: around.config, home: around.home, faults: [] })
  const faults = [...new Set([...files.faults, ...later.faults])]
  if (faults.length > 0) process.exitCode = exitCodes.pending
  answer(
    json,
    { ...describe(around, done), people, point, changed: true, files: { restored: files.files, faults }, checks },
    () =>
      [
        `${styled('green', 'Restored')} ${part.called} as of ${plan.reaches.toISOString()}.`,
        tableOf(done),
        `${files.files} files put back.`,
        ...faults.map((fault) => `  Lost: ${fault}`),
        ...people,
        point === null
          ? 'No point was made before.'
          : done.gone
            ? `As it was before, all of it: --point ${point}`
            : `To go back to before: lyceum restore --school ${around.wanted.school}${around.wanted.course === undefined ? '' : ` --course ${part.of?.id}`} --point ${point}`,
        ...checksInWords(checks)
      ].join('\n')
  )
}

/** The schema must be the one that this release's rules are about. @returns what has run */
async function migrationsOf(ownerUrl: string): Promise<Migration[]> {
  const all = allMigrations()
  const { applied, pending, foreign } = await migrationStatus({ ownerUrl, migrations: all })
  const faults = [...pending.filter(({ phase }) => phase !== 'contract'), ...foreign]
  if (faults.length > 0)
    throw new CommandFailed(
      'restore.schema',
      `The installation has another schema than this release (${faults.map(({ module, name }) => `${module}/${name}`).join(', ')}). Nothing was changed. Use the release that serves, or run lyceum migrate up first.`,
      exitCodes.refused
    )
  const ran = new Set(applied.map(({ module, name }) => `${module}/${name}`))
  return all.filter(({ module, name }) => ran.has(`${module}/${name}`))
}

/** Found out before an hour is spent. */
function mustHavePoint({ config, withoutPoint, dryRun }: RestorePart): void {
  if (withoutPoint || dryRun || config.DATABASE_URL === null || config.BACKUP_REPOSITORY !== null) return
  throw new CommandFailed(
    'restore.no-point',
    'Lyceum makes no backups of this database, so the point to go back to is yours to make. Make one (docs/operators/backups.md), then do this again with --without-point.',
    exitCodes.refused
  )
}

/** A set as it was before, so that this can be undone. @returns its name; null where there are no backups */
async function makePoint(around: Around): Promise<string | null> {
  const { config, home, ownerUrl, withoutPoint, part } = around
  if (withoutPoint || config.BACKUP_REPOSITORY === null) return null
  const point = `before-${part.short}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z`
  tell(`Making the point ${point}…`)
  try {
    await createBackup(
      { config, home, ownerUrl, secrets: await whereSecretsAre(readEnvironment()), tell },
      { type: 'incr', point }
    )
    return point
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    throw new BackupError(
      error.code,
      `${error.message} Nothing was changed: a point to go back to comes first. To do it without one: --without-point`,
      error.outcome,
      { cause: error }
    )
  }
}

async function bringFilesBack({ plan, storage }: Around, missing: readonly string[]): Promise<RestoredFiles> {
  if (missing.length === 0) return { files: 0, bytes: 0, kept: 0, faults: [] }
  const { set, repositories } = plan
  const keys = new Set(missing)
  const [manifest, contents] = await Promise.all([
    readManifest(repositories, set),
    readContentsFromAny(repositories, set)
  ])
  const wanted = ({ key }: { readonly key: string }) => keys.has(key)
  const restored = await restoreFiles({ repositories, set, uploads: manifest.files, contents, storage, wanted })
  const still = await missingFiles(storage, missing)
  return {
    ...restored,
    faults: [
      ...restored.faults,
      ...still
        .filter((key) => !restored.faults.some((fault) => fault.startsWith(key)))
        .map((key) => `${key}: in no backup`)
    ]
  }
}

/** Who would have come back with it, and is not here any more. */
async function namesOf({ ownerUrl, copyUrl, part }: Around, { left }: PartPlan): Promise<string[]> {
  const ids = [...new Set(left.flatMap((one) => one.ids))]
  if (ids.length === 0) return []
  return onBoth(ownerUrl, copyUrl, async (_, copy) => {
    const { rows } = await copy.query<{ who: string }>(
      `select format('%s <%s>', name, email) as who from "user".person where tenant_id = $1 and id = any ($2::uuid[]) order by 1`,
      [part.tenantId, ids]
    )
    const unknown = ids.length - rows.length
    return [
      ...rows.map(({ who }) => `Not here any more, so nothing of theirs comes back: ${who}`),
      ...(unknown > 0 ? [`${unknown} others are not here any more, and were not then.`] : [])
    ]
  })
}

const describe = ({ part, plan, wanted }: Around, { gone, tables, left }: PartPlan) => ({
  part: { school: wanted.school, tenantId: part.tenantId, course: part.of?.id ?? null, called: part.called },
  set: plan.set.id,
  asOf: plan.reaches.toISOString(),
  gone,
  tables: tables.filter(({ add, change, remove, keep }) => add + change + remove + keep > 0),
  left: left.map(({ table, rows }) => ({ table, rows }))
})

const isNothing = ({ tables }: PlannedPart): boolean =>
  tables.every(({ add, change, remove }) => add + change + remove === 0)

const entry = ({ part }: Around, action: string, details: Readonly<Record<string, unknown>>) => ({
  at: new Date().toISOString(),
  actor: whoAmI(undefined),
  action,
  subject: part.called,
  details
})

/** Committed before anything changes. */
const note = (around: Around, action: string, details: object, point: string | null): Promise<void> =>
  onOne(around.ownerUrl, async (client) => {
    await takeOverPending(client, around.home)
    await appendAudit(client, entry(around, action, { ...details, point }))
  })

const keepAudit = ({ ownerUrl, config }: Around, now: Date): Promise<void> =>
  onOne(ownerUrl, async (client) => {
    await keepCheckpoint(client, config, now).catch((error: unknown) =>
      tell(`No checkpoint of the audit log was kept: ${error instanceof Error ? error.message : String(error)}`)
    )
  })

async function onOne<Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url, application_name: 'lyceum restore' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const onBoth = <Answer>(
  liveUrl: string,
  copyUrl: string,
  work: (live: pg.Client, copy: pg.Client) => Promise<Answer>
): Promise<Answer> => onOne(liveUrl, (live) => onOne(copyUrl, (copy) => work(live, copy)))
