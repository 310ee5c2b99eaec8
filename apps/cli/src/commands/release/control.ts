import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { command, deploy, recent, unfinished } from '../../release/operate.ts'
import type { CommandName } from '../../release/run/entry.ts'
import { candidateOf, next, type Run, replay, inWords as verdictInWords } from '../../release/run/run.ts'
import { answer } from '../../terminal.ts'
import { ended, type PlanOptions, planFor } from './deploy.ts'
import { chooseRelease, openPlace, type Place, type PlaceOptions, placed, withAuditLog } from './place.ts'
import { readTime } from './time.ts'

const LOOK_MS = 1_000

export function statusCommand(): Command {
  return placed(new Command('status'))
    .description('what serves, what is under way, who has the lock')
    .addHelpText('after', '\nExamples:\n  $ lyceum status\n  $ lyceum status -o json | jq .serving')
    .action(async (options: PlaceOptions) => {
      const place = await openPlace(options)
      const { operation } = place
      const seen = await operation.target.observe()
      const run = await unfinished(operation.journals)
      const [last] = await recent(operation.journals, 1)
      const lock = await operation.lock.status()
      const overrides = await openOverrides()
      const value = {
        serving: seen.colours[seen.stable].release,
        stable: seen.stable,
        percent: seen.percent,
        colours: seen.colours,
        release: run ? { ...summary(run), isDriven: lock !== null && !lock.manual } : null,
        last: last && !run ? summary(last) : null,
        lock,
        overridesToReview: overrides
      }
      answer(options.output === 'json', value, () =>
        [
          `${value.serving ?? 'nothing'} serves (${seen.stable})${seen.percent > 0 ? `; ${seen.percent} % go to the other colour` : ''}`,
          ...(run
            ? [
                `${run.plan.release.name} is under way in ${candidateOf(run)}: ${value.release?.step}${run.paused ? ', paused' : ''}${run.held === null ? '' : `, waits: ${run.held}`}${run.frozen === null ? '' : `, held: ${run.frozen.why}`}`,
                ...(run.watch?.last ? [verdictInWords(run.watch.last)] : []),
                ...(value.release?.isDriven ? [] : ['Nobody is at it. Go on: lyceum resume. Go back: lyceum abort'])
              ]
            : last
              ? [`The last release, ${last.plan.release.name}, ended ${last.changedAt}: ${last.outcome?.kind}`]
              : ['Nothing was released here yet.']),
          ...(lock
            ? [`Lock: ${lock.holder}, ${lock.reason}, since ${lock.since}, process ${lock.pid} on ${lock.host}`]
            : []),
          ...(overrides ?? []).map(
            ({ seq, text }) => `To be reviewed: override ${text}. When it was: lyceum audit review ${seq}`
          ),
          ...(overrides === null
            ? ['The audit log cannot be read: overrides that are to be reviewed are not shown.']
            : [])
        ].join('\n')
      )
    })
}

export function watchCommand(): Command {
  return placed(new Command('watch'))
    .description('follow a release to its end; exits as deploy would')
    .addHelpText('after', '\nExamples:\n  $ lyceum watch\n  $ lyceum watch -o json')
    .action(async (options: PlaceOptions) => {
      const { operation } = await openPlace(options)
      const run = await unfinished(operation.journals)
      if (!run) throw none()
      const journal = operation.journals.open(run.plan.run)
      for (let shown = 0; ; ) {
        const entries = await journal.entries()
        const now = replay(entries)
        if (!now) throw none()
        for (const entry of entries.slice(shown)) operation.tell(now, entry)
        shown = entries.length
        if (now.outcome !== null || now.held !== null) return ended(now, options)
        await sleep(LOOK_MS)
      }
    })
}

const CONTROLS: readonly {
  readonly name: 'promote' | 'pause' | 'resume' | 'abort' | 'retry'
  readonly about: string
  readonly more: string
}[] = [
  {
    name: 'promote',
    about: 'end the hold of this step: go on without waiting for time and requests',
    more: 'A person may shorten waiting, never a check: errors still abort, and missing numbers still hold.'
  },
  {
    name: 'pause',
    about: 'stay where it is, and go on watching',
    more: 'A release that turns out bad is taken back in spite of it.'
  },
  {
    name: 'resume',
    about: 'go on after a pause, or after the tool was killed',
    more: 'Goes on from the journal; what was done is not done again.'
  },
  {
    name: 'abort',
    about: 'take it back: nobody is sent to it any more, and it is stopped',
    more: 'Possible until the release before is being stopped; then: lyceum rollback.'
  },
  {
    name: 'retry',
    about: 'try again what waits for a person, or a way back that did not work',
    more: 'Measures anew, with the whole time.'
  }
]

export const controlCommands = (): Command[] =>
  CONTROLS.map(({ name, about, more }) => {
    const control = placed(new Command(name))
      .description(about)
      .option('--why <text>', 'for the journal and the audit log', '')
    if (name === 'promote') control.option('--full', 'straight to everybody; it is still watched there')
    return control
      .addHelpText('after', `\n${more}\n\nExamples:\n  $ lyceum ${name}${name === 'promote' ? ' --full' : ''}`)
      .action(async (options: PlaceOptions & { why: string; full?: boolean }) => {
        const { operation } = await openPlace(options)
        const said: CommandName = name === 'promote' && options.full ? 'promote-full' : name
        const run = await unfinished(operation.journals)
        const isFresh = name === 'resume' && run !== undefined && !run.paused && run.held === null
        const { run: after, told } = await command(operation, isFresh ? null : said, options.why, {
          drives: name !== 'pause'
        })
        if (!told) return ended(after, options)
        answer(
          options.output === 'json',
          { run: after.plan.run, told: said },
          () => `Written down for ${after.plan.release.name}. Follow it: lyceum watch`
        )
      })
  })

export function rollbackCommand(): Command {
  return placed(new Command('rollback'))
    .alias('undo')
    .description('bring the release before back, or the one named')
    .argument('[release]', 'as in lyceum releases ls; the one before where none is named')
    .option('--bake <time>', 'watched before what served is stopped', readTime, 60_000)
    .addHelpText(
      'after',
      `
Starts it beside what serves, checks and tries it out, and switches at once. The calendar is not asked, and the schema stays as
it is: a release runs on a schema to which a newer one has only added. While a release is under way: lyceum abort.

Examples:
  $ lyceum rollback
  $ lyceum rollback 2026.2.9`
    )
    .action(async (name: string | undefined, options: PlaceOptions & { bake: number }) => {
      const place = await openPlace(options)
      const release = await chooseRelease(place, name ?? (await before(place)))
      const plan = await planFor(place, release, { ...BACK, ...options }, 'rollback')
      ended(await deploy(place.operation, plan), options)
    })
}

/** Time to see that it works; it did before. */
const BACK: Omit<PlanOptions, keyof PlaceOptions | 'bake'> = {
  strategy: 'blue-green',
  steps: [100],
  stepHold: 0,
  maxHold: 300_000,
  onMaxHold: 'hold',
  minSamples: 0,
  maxErrorRate: 0.01,
  maxP95: 5_000,
  maxSlowdown: 10,
  deployTimeout: 60_000,
  drainTimeout: 30_000,
  validate: ['sign-in'],
  synthetic: false
}

async function before({ operation }: Place): Promise<string> {
  const last = (await recent(operation.journals, 50)).find(({ outcome }) => outcome?.kind === 'released')
  const name = last?.plan.previous?.name
  if (name !== undefined) return name
  throw new CommandFailed(
    'release.no-previous',
    'No release was here before this one. Name one: lyceum releases ls',
    exitCodes.failed
  )
}

const summary = (run: Run) => {
  const ahead = next(run)
  return {
    run: run.plan.run,
    name: run.plan.release.name,
    strategy: run.plan.strategy,
    direction: run.direction,
    step: 'name' in ahead ? ahead.name : ahead.kind,
    paused: run.paused,
    held: run.held,
    frozen: run.frozen?.why ?? null,
    outcome: run.outcome,
    verdict: run.watch?.last ?? null,
    changedAt: run.changedAt
  }
}

/** Overrides nobody has looked at since; null where the log cannot be asked. */
async function openOverrides(): Promise<{ seq: number; text: string }[] | null> {
  try {
    const { readAudit } = await import('@lyceum/platform/audit-log')
    const rows = await withAuditLog(readAudit)
    const reviewed = new Set(
      rows.flatMap(({ action, subject }) => (action === 'release.override-reviewed' ? [subject] : []))
    )
    return rows
      .filter(({ action, seq }) => action === 'release.override' && !reviewed.has(String(seq)))
      .map(({ seq, actor, subject, at, details }) => ({
        seq,
        text: `of ${at} for ${subject} by ${actor} and ${String(details.approvedBy)}: ${String(details.reason)}`
      }))
  } catch {
    return null
  }
}

const none = (): CommandFailed =>
  new CommandFailed('release.none', 'No release is under way. Start one: lyceum deploy', exitCodes.refused)
