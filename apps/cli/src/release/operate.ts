import type { Clock } from '@lyceum/platform/clock'
import { CommandFailed, type ExitCode, exitCodes } from '../outcome.ts'
import { begin, drive } from './engine/drive.ts'
import type { EngineSurroundings, Works } from './engine/surroundings.ts'
import type { Journals } from './journal/journal.ts'
import type { Lease, Lock } from './journal/lease.ts'
import type { CommandName } from './run/entry.ts'
import type { Plan } from './run/plan.ts'
import { type Outcome, type Run, refusal, replay } from './run/run.ts'
import type { Target } from './target.ts'

/** One installation and everything with which it is released. */
export interface Operation {
  readonly target: Target
  readonly works: Works
  readonly journals: Journals
  readonly lock: Lock
  readonly clock: Clock
  readonly by: string
  readonly sleep: (ms: number) => Promise<void>
  readonly lookEveryMs: number
  readonly tell: EngineSurroundings['tell']
  /** Tells people who are elsewhere how a release ended, or that it waits. */
  readonly notify: (run: Run) => Promise<void>
  /** Writes to the audit log. */
  readonly record: (action: string, subject: string, details: Readonly<Record<string, unknown>>) => Promise<void>
}

/** The release that has not ended; undefined when there is none. */
export async function unfinished(journals: Journals): Promise<Run | undefined> {
  const [last] = await recent(journals, 1)
  return last && last.outcome === null ? last : last?.outcome?.kind === 'stuck' ? last : undefined
}

/** Releases, newest first. */
export async function recent(journals: Journals, most: number): Promise<Run[]> {
  const names = (await journals.list()).slice(-most).reverse()
  const runs = await Promise.all(names.map(async (run) => replay(await journals.open(run).entries())))
  return runs.flatMap((run) => run ?? [])
}

/** Plans and goes through with it. @throws release.locked, release.unfinished */
export async function deploy(operation: Operation, plan: Plan): Promise<Run> {
  const lease = await operation.lock.acquire({ holder: plan.by, reason: `deploy ${plan.release.name}` })
  try {
    const open = await unfinished(operation.journals)
    if (open)
      throw new CommandFailed(
        'release.unfinished',
        `The release of ${open.plan.release.name} has not ended. Go on: lyceum resume. Go back: lyceum abort`,
        exitCodes.busy
      )
    const surroundings = surroundingsOf(operation, plan.run)
    await operation.record('release.planned', plan.release.name, { plan })
    await begin(surroundings, lease, plan)
    return await toItsEnd(operation, surroundings, lease)
  } finally {
    await lease.release()
  }
}

export interface Commanded {
  readonly run: Run
  /** Whether another process has the release in hand and heard of it; else it was brought to its end here. */
  readonly told: boolean
}

/**
 * Writes a command into the journal of the release under way. The process that has it in hand does what it says at its
 * next line; where there is none, because it was killed, this one takes over.
 * @throws release.none, release.command-refused, release.locked by hand
 */
export async function command(
  operation: Operation,
  name: CommandName | null,
  why: string,
  { drives = true }: { readonly drives?: boolean } = {}
): Promise<Commanded> {
  const run = await unfinished(operation.journals)
  if (!run)
    throw new CommandFailed('release.none', 'No release is under way. Start one: lyceum deploy', exitCodes.refused)
  const journal = operation.journals.open(run.plan.run)
  if (name !== null) {
    const no = refusal(run, name)
    if (no !== null) throw new CommandFailed('release.command-refused', no, exitCodes.refused)
    await journal.append({
      type: 'command',
      at: operation.clock.now().toISOString(),
      command: name,
      by: operation.by,
      why
    })
    await operation.record(`release.${name}`, run.plan.release.name, { run: run.plan.run, why })
  }
  const holding = await operation.lock.status()
  if (!drives || (holding !== null && !holding.manual))
    return { run: replay(await journal.entries()) ?? run, told: true }
  const lease = await operation.lock.acquire({
    holder: operation.by,
    reason: `${name ?? 'resume'} ${run.plan.release.name}`
  })
  try {
    return { run: await toItsEnd(operation, surroundingsOf(operation, run.plan.run), lease), told: false }
  } finally {
    await lease.release()
  }
}

async function toItsEnd(operation: Operation, surroundings: EngineSurroundings, lease: Lease): Promise<Run> {
  const run = await drive(surroundings, lease)
  await operation.record(run.outcome === null ? 'release.held' : `release.${run.outcome.kind}`, run.plan.release.name, {
    run: run.plan.run,
    why: run.outcome !== null && 'why' in run.outcome ? run.outcome.why : run.held
  })
  await operation.notify(run)
  return run
}

const surroundingsOf = (
  { target, works, journals, clock, by, sleep, lookEveryMs, tell }: Operation,
  run: string
): EngineSurroundings => ({ target, works, journal: journals.open(run), clock, by, sleep, lookEveryMs, tell })

/** What a script learns of how a release ended. */
export function exitCodeOf({ outcome }: Pick<Run, 'outcome'>): ExitCode {
  const codes: Readonly<Record<Outcome['kind'], ExitCode>> = {
    released: exitCodes.done,
    refused: exitCodes.refused,
    failed: exitCodes.failed,
    aborted: exitCodes.aborted,
    stuck: exitCodes.stuck
  }
  return outcome === null ? exitCodes.held : codes[outcome.kind]
}
