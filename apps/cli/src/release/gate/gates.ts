import { closed, type Facts, type Finding, type Gate, type Known, lifted, open, warning } from './gate.ts'

const HOUR = 3_600_000
/** Released before a freeze means back before a freeze, with this to spare. */
const FREEZE_MARGIN = HOUR / 2
const OLDEST_CALENDAR = 24 * HOUR
/** Sets are proven daily, and that takes some. */
const OLDEST_PROOF = 26 * HOUR
const CERTIFICATE_CLOSED = 3 * 24 * HOUR
const CERTIFICATE_WARNING = 21 * 24 * HOUR
/** For so long after a release one may still want to go back past it. */
export const ROLLBACK_WINDOW = 24 * HOUR
/** Multi-window burn rates of the Site Reliability Workbook, chapter 5: 2 % of a month's budget in an hour, 5 % in six. */
const FAST_BURN = 14.4
const SLOW_BURN = 6

/** What was not found out closes the gate. */
const where = <Fact>(
  fact: Known<Fact>,
  judge: (value: Fact) => Omit<Finding, 'gate'>,
  remedy: string
): Omit<Finding, 'gate'> => (fact.known ? judge(fact.value) : closed(`could not be found out: ${fact.why}`, remedy))

const lock: Gate = {
  name: 'lock',
  look: ({ lockedBy }) => (lockedBy === null ? open('nobody has it') : closed(lockedBy, 'Wait, or: lyceum lock status'))
}

/** A calendar that is missing or old is frozen. An emergency override lifts this gate and the one of the error budget. */
const freeze: Gate = {
  name: 'freeze',
  look: (facts) => {
    const found = frozen(facts)
    if (found === null) return open('no freeze until the release has ended')
    const { override, now } = facts
    return override !== null && override.expiresAt > now
      ? lifted(`${found} Lifted by ${override.by} and ${override.approvedBy} (${override.ticket}: ${override.reason}).`)
      : closed(found, 'Wait until it is over. In an emergency: --override-freeze --reason … --ticket … --approved-by …')
  }
}

/** Why nothing is to be changed between now and then; null where nothing speaks against it. */
export function frozen({ freezes, now, worstEnd }: Pick<Facts, 'freezes' | 'now' | 'worstEnd'>): string | null {
  if (!freezes.known) return `The calendar could not be read (${freezes.why}).`
  const { readAt, freezes: all } = freezes.value
  if (now.getTime() - readAt.getTime() > OLDEST_CALENDAR)
    return `The calendar was last read at ${readAt.toISOString()}: too old to rely on.`
  const next = all
    .filter(({ end }) => end > now)
    .sort((one, other) => one.start.getTime() - other.start.getTime())
    .find(({ start }) => start.getTime() - FREEZE_MARGIN <= worstEnd.getTime())
  if (!next) return null
  return next.start <= now
    ? `“${next.name}” lasts until ${next.end.toISOString()}.`
    : `“${next.name}” begins at ${next.start.toISOString()}, and this release may take until ${worstEnd.toISOString()}.`
}

const schema: Gate = {
  name: 'schema',
  look: ({ ledger, plan }) =>
    where(
      ledger,
      ({ applied, pending, foreign }) => {
        if (foreign[0] !== undefined) return closed(foreign.join('; '), 'Release one that knows this schema.')
        const names = new Set(applied.map(({ name }) => name))
        const coming = new Set(pending.map(({ name }) => name))
        const { min, max } = plan.release.schema
        if (!names.has(min) && !coming.has(min))
          return closed(
            `the release needs ${min}, which is neither here nor in it`,
            'Release the versions between first.'
          )
        if (!names.has(max) && !coming.has(max))
          return closed(`the release was made with ${max}, which is neither here nor in it`, 'Build the release anew.')
        return open(`${min} to ${max}`)
      },
      'Look at the database: lyceum migrate status'
    )
}

/** What removes is a command of its own, later: the release before must be able to serve until nobody wants it back. */
const migrations: Gate = {
  name: 'migrations',
  look: ({ ledger }) =>
    where(
      ledger,
      ({ pending }) => {
        const removing = pending.filter(({ phase }) => phase === 'contract')
        const adding = pending.length - removing.length
        const moduleOf = (name: string) => name.split('/')[0]
        const first = removing.find(({ name }) =>
          pending
            .slice(pending.findIndex((one) => one.name === name))
            .some((later) => later.phase !== 'contract' && moduleOf(later.name) === moduleOf(name))
        )
        if (first)
          return closed(
            `what the release adds waits behind ${first.name}, which would remove something while two releases serve`,
            'Run that by itself first, when nobody goes back any more: lyceum migrate contract'
          )
        const later =
          removing.length === 0
            ? ''
            : `; ${removing.map(({ name }) => name).join(', ')} only by lyceum migrate contract`
        return open(`${adding === 0 ? 'nothing will be added' : `${adding} will be added`}${later}`)
      },
      'Look at the database: lyceum migrate status'
    )
}

const lint: Gate = {
  name: 'migration lint',
  look: ({ lint: found }) =>
    where(
      found,
      (findings) =>
        findings.length === 0
          ? open('nothing to mend')
          : closed(findings.slice(0, 5).join('; '), 'Mend the migration: lyceum migrate lint'),
      'Run it by hand in the folder of the release: lyceum migrate lint'
    )
}

const disk: Gate = {
  name: 'disk',
  look: ({ disk: found }) =>
    where(
      found,
      ({ freeBytes, neededBytes }) =>
        freeBytes >= neededBytes
          ? open(`${gib(freeBytes)} GiB free`)
          : closed(
              `${gib(freeBytes)} GiB free, ${gib(neededBytes)} wanted`,
              'Remove old releases: lyceum releases prune'
            ),
      'Look at the disk of the installation.'
    )
}

const certificate: Gate = {
  name: 'certificate',
  look: ({ certificate: found, plan, now }) => {
    // A proxy may have nothing to pass requests to before there is a first release.
    if (!found.known && plan.previous === null)
      return warning(`could not be found out: ${found.why}`, 'Look again when the release serves: lyceum health')
    return where(
      found,
      (end) => {
        if (end === null) return open('no TLS at this address')
        const left = end.getTime() - now.getTime()
        const said = `valid until ${end.toISOString()}`
        if (left < CERTIFICATE_CLOSED)
          return closed(said, 'Renew it first: its end would look like the release’s fault.')
        return left < CERTIFICATE_WARNING ? warning(said, 'Renew it soon.') : open(said)
      },
      'Look at the address people use: PUBLIC_URL'
    )
  }
}

const settings: Gate = {
  name: 'settings',
  look: ({ settingFaults }) =>
    where(
      settingFaults,
      (faults) =>
        faults.length === 0
          ? open('as this release wants them')
          : closed(faults.join('; '), 'Correct them: lyceum config docs'),
      'Run it by hand in the folder of the release: lyceum config check'
    )
}

const tests: Gate = {
  name: 'tests',
  look: ({ tests: found, plan }) =>
    where(
      found,
      ({ passed, commit, at }) => {
        if (!passed) return closed(`failed at ${at}`, 'Release what passes its tests.')
        return commit === plan.release.commit
          ? open(`passed at ${at}`)
          : closed(`passed for ${commit}, and this is ${plan.release.commit}`, 'Run the tests of this commit.')
      },
      'Let the build write what the tests said into release.json: {"tests": {"passed", "commit", "at"}}'
    )
}

const backup: Gate = {
  name: 'backup',
  look: ({ backup: found, backupWaiver, now }) => {
    const waived = (state: string) =>
      backupWaiver === null
        ? closed(state, 'Make one. To go on without, in the log for everybody to see: --waive-backup --reason …')
        : lifted(`${state}: ${backupWaiver}`)
    return where(
      found,
      (last) => {
        if (last === null) return waived('there are no backups here that could be asked for')
        const { provenAt, failed } = last
        const prove = 'Make one and prove it by restoring it: lyceum backup create, then lyceum backup verify'
        if (failed !== null)
          return closed(`the trial of ${failed.at.toISOString()} did not bring it back: ${failed.why}`, prove)
        if (provenAt === null) return closed('no backup was ever proven by restoring it', prove)
        return now.getTime() - provenAt.getTime() <= OLDEST_PROOF
          ? open(`proven by restoring it at ${provenAt.toISOString()}`)
          : closed(`the last one that was proven was so at ${provenAt.toISOString()}`, prove)
      },
      'Look at the backups: lyceum backup check'
    )
  }
}

const errorBudget: Gate = {
  name: 'error budget',
  look: ({ errorBudget: found, override, now }) => {
    const orLifted = (state: string, remedy: string) =>
      override !== null && override.expiresAt > now
        ? lifted(
            `${state} Lifted by ${override.by} and ${override.approvedBy} (${override.ticket}: ${override.reason}).`
          )
        : closed(state, remedy)
    return where(
      found,
      (budget) => {
        if (budget === null) return warning('too few requests in a month to know', 'It fills itself as people come.')
        const { lastHour, lastSixHours, left } = budget
        const said = `${lastHour.toFixed(1)} times in the last hour, ${lastSixHours.toFixed(1)} in six, ${(left * 100).toFixed(0)} % left`
        if (lastHour >= FAST_BURN || lastSixHours >= SLOW_BURN)
          return orLifted(
            `burns ${said}.`,
            'Something is wrong already: mend that first. If this release mends it: --override-freeze --reason … --ticket … --approved-by …'
          )
        return left > 0
          ? open(said)
          : orLifted(
              `${said}.`,
              'The month’s errors are used up: release only what mends. --override-freeze --reason … --ticket … --approved-by …'
            )
      },
      'Look at the database, or at PROMETHEUS_URL.'
    )
  }
}

const MOMENT = 15 * 60_000

/** Replacing in place stops every instance once; other strategies leave those who are in the middle of something alone. */
const impact: Gate = {
  name: 'learners',
  look: ({ impact: found, plan, now, worstEnd }) =>
    where(
      found,
      (all) => {
        const said = all
          .filter(({ count }) => count > 0)
          .map(({ what, count }) => `${count} ${what}`)
          .join(', ')
        const due = all.filter(
          ({ count, until }) =>
            count > 0 &&
            until !== null &&
            Date.parse(until) > now.getTime() &&
            Date.parse(until) <= worstEnd.getTime() + MOMENT
        )
        if (due.length === 0) return open(said === '' ? 'nobody is in the middle of something' : said)
        const last = due
          .map(({ until }) => until ?? '')
          .sort()
          .at(-1)
        const text = `${due.map(({ count, what }) => `${count} ${what}`).join(', ')} until ${last}`
        return plan.strategy === 'rolling'
          ? closed(text, 'Wait until then, or use --strategy canary: it leaves them where they are.')
          : warning(text, 'They stay with the release before until they have ended.')
      },
      'Look who is there: lyceum impact'
    )
}

/** In the order in which one wants to hear of them. */
export const allGates: readonly Gate[] = [
  lock,
  freeze,
  backup,
  schema,
  migrations,
  lint,
  settings,
  tests,
  disk,
  certificate,
  errorBudget,
  impact
]

/** Going back is itself the remedy: it waits for no calendar, and needs what it would break on. */
export const gatesBack: readonly Gate[] = [lock, schema, disk, settings]

/** Every gate at once, so that what is closed is mended once. */
export const lookAtGates = (facts: Facts, gates: readonly Gate[] = allGates): Finding[] =>
  gates.map(({ name, look }) => ({ gate: name, ...look(facts) }))

const gib = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1)
