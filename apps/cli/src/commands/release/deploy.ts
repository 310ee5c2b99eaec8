import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../../outcome.ts'
import type { Finding } from '../../release/gate/gate.ts'
import { allGates, gatesBack, lookAtGates } from '../../release/gate/gates.ts'
import { readOverride, readWaiver } from '../../release/gate/override.ts'
import { deploy, exitCodeOf } from '../../release/operate.ts'
import {
  longestMs,
  nameOf,
  type Plan,
  type Strategy,
  stepsOf,
  strategies,
  USUAL_SLOWDOWN
} from '../../release/run/plan.ts'
import type { Run } from '../../release/run/run.ts'
import type { Release } from '../../release/target.ts'
import { answer, styled, table, tell } from '../../terminal.ts'
import {
  chooseRelease,
  type Exceptions,
  openPlace,
  type Place,
  type PlaceOptions,
  placed,
  record,
  whoAmI
} from './place.ts'
import { readTime } from './time.ts'

export interface PlanOptions extends PlaceOptions {
  readonly strategy: Strategy
  readonly steps: number[]
  readonly stepHold: number
  readonly maxHold: number
  readonly onMaxHold: 'abort' | 'hold'
  readonly minSamples: number
  readonly maxErrorRate: number
  readonly maxP95: number
  readonly maxSlowdown: number
  readonly bake: number
  readonly deployTimeout: number
  readonly drainTimeout: number
  readonly validate: string[]
  readonly synthetic: boolean
  readonly dryRun?: boolean
  readonly overrideFreeze?: boolean
  readonly waiveBackup?: boolean
  readonly reason?: string
  readonly ticket?: string
  readonly approvedBy?: string
}

const withPlanOptions = (command: Command): Command =>
  placed(command)
    .addOption(new Option('--strategy <name>', 'how traffic moves').choices(strategies).default('canary'))
    .option('--steps <shares>', 'of people, in percent, rising to 100', readSteps, [10, 25, 50, 75, 100])
    .option('--step-hold <time>', 'at each share', readTime, 300_000)
    .option('--max-hold <time>', 'how long a step may stay without a verdict', readTime, 1_800_000)
    .addOption(new Option('--on-max-hold <what>', 'then').choices(['abort', 'hold']).default('abort'))
    .option('--min-samples <number>', 'requests to the new release in a step before it may go on', readCount, 1_000)
    .option('--max-error-rate <share>', 'answers from 500 on', readShare, 0.001)
    .option('--max-p95 <time>', '95 of 100 requests must be faster', readTime, 500)
    .option(
      '--max-slowdown <times>',
      'for 95 of 100 requests, as against the release before',
      readTimes,
      USUAL_SLOWDOWN
    )
    .option('--bake <time>', 'watched at 100 %, with the old release kept warm', readTime, 300_000)
    .option('--deploy-timeout <time>', 'for starting and becoming ready', readTime, 30_000)
    .option('--drain-timeout <time>', 'for requests of the old release to end', readTime, 30_000)
    .option('--validate <probes>', 'separated by commas; all of them by default', readWords, [])
    .option(
      '--no-synthetic',
      'nobody but people may fill up the requests of a step that has too few at its longest hold'
    )

const withExceptions = (command: Command): Command =>
  command
    .option('--override-freeze', 'an emergency: release although the calendar forbids it, for an hour')
    .option('--approved-by <name>', 'the second person who wants the override')
    .option('--ticket <id>', 'under which the override is looked at afterwards')
    .option('--waive-backup', 'release where there are no backups to ask for')
    .option('--reason <text>', 'why, in at least 20 characters')

export function planCommand(): Command {
  return withExceptions(withPlanOptions(new Command('plan')))
    .description('what a release would do, how long it may take, and whether every gate is open')
    .argument('<release>', 'as in lyceum releases ls')
    .addHelpText(
      'after',
      `
Changes nothing. Exits with 3 when a gate is closed.

Examples:
  $ lyceum plan 2026.3.1
  $ lyceum plan 2026.3.1 --strategy blue-green -o json`
    )
    .action(async (name: string, options: PlanOptions) => {
      const exceptions = readExceptions(options)
      const place = await openPlace(options, exceptions)
      await showPlan(place, await planFor(place, await chooseRelease(place, name), options), exceptions, options)
    })
}

export function deployCommand(): Command {
  return withExceptions(withPlanOptions(new Command('deploy')))
    .description('bring a release in without anybody noticing, or take it back by itself')
    .argument('<release>', 'as in lyceum releases ls')
    .option('--dry-run', 'the same as lyceum plan')
    .addHelpText(
      'after',
      `
Looks at every gate, adds to the schema, starts the release beside the one that serves, tries it out as people who do not
exist, and moves people over step by step while it measures. What it does is in <root>/journal before it is done: after a
crash “lyceum resume” goes on and “lyceum abort” goes back. Exit codes: lyceum help exit-codes.

Examples:
  $ lyceum deploy 2026.3.1
  $ lyceum deploy 2026.3.1 --strategy blue-green --bake 10m
  $ lyceum deploy 2026.3.1 --steps 5,50,100 --step-hold 10m --max-hold 1h
  $ lyceum deploy 2026.3.1 --override-freeze --approved-by "Ben Okri" --ticket OPS-7 \\
      --reason "sign-in is broken for every learner"`
    )
    .action(async (name: string, options: PlanOptions) => {
      const exceptions = readExceptions(options)
      const place = await openPlace(options, exceptions)
      const plan = await planFor(place, await chooseRelease(place, name), options)
      if (options.dryRun) return showPlan(place, plan, exceptions, options)
      await recordExceptions(place.by, plan, exceptions)
      ended(await deploy(place.operation, plan), options)
    })
}

/** Above everything else: an exception that could not be written down does not count. */
async function recordExceptions(by: string, plan: Plan, { override, backupWaiver }: Exceptions): Promise<void> {
  if (override !== null)
    await record(by, 'release.override', plan.release.name, {
      run: plan.run,
      ...override,
      expiresAt: override.expiresAt.toISOString()
    })
  if (backupWaiver !== null)
    await record(by, 'release.backup-waived', plan.release.name, { run: plan.run, reason: backupWaiver })
}

function readExceptions({ overrideFreeze, waiveBackup, reason, ticket, approvedBy, by }: PlanOptions): Exceptions {
  return {
    override: overrideFreeze ? readOverride({ by: whoAmI(by), approvedBy, reason, ticket, now: new Date() }) : null,
    backupWaiver: waiveBackup ? readWaiver(reason) : null
  }
}

/** What is decided before the first action, from what runs now. */
export async function planFor(
  { operation, by }: Place,
  release: Release,
  options: PlanOptions,
  purpose: Plan['purpose'] = 'release'
): Promise<Plan> {
  const { target, clock } = operation
  const [seen, all] = await Promise.all([target.observe(), target.releases()])
  const serving = seen.colours[seen.stable].release
  return {
    run: `${clock
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, '')}-${release.name}`,
    purpose,
    strategy: options.strategy,
    release,
    previous: all.find(({ name }) => name === serving) ?? (serving === null ? null : { ...release, name: serving }),
    stable: seen.stable,
    weights: options.steps,
    holdMs: options.stepHold,
    maxHoldMs: Math.max(options.maxHold, options.stepHold),
    onMaxHold: options.onMaxHold,
    bakeMs: options.bake,
    minSamples: options.minSamples,
    maxErrorRate: options.maxErrorRate,
    maxP95Ms: options.maxP95,
    maxSlowdown: options.maxSlowdown,
    bootTimeoutMs: options.deployTimeout,
    drainTimeoutMs: options.drainTimeout,
    probes: options.validate.filter((name) => name !== 'all'),
    synthetic: options.synthetic,
    ...(options.overrideFreeze ? { despiteFreeze: true } : {}),
    by
  }
}

async function showPlan(place: Place, plan: Plan, exceptions: Exceptions, { output }: PlanOptions): Promise<void> {
  const facts = await place.facts(plan, exceptions)
  const gates = lookAtGates(facts, plan.purpose === 'rollback' ? gatesBack : allGates)
  if (gates.some(({ state }) => state === 'closed')) process.exitCode = exitCodes.refused
  const steps = stepsOf(plan).map(nameOf)
  const value = { plan, steps, longestMs: longestMs(plan), worstEnd: facts.worstEnd.toISOString(), gates }
  answer(output === 'json', value, () =>
    [
      `${plan.previous?.name ?? 'nothing'} → ${plan.release.name}, ${plan.strategy}; ends by ${value.worstEnd} at the latest`,
      `Steps: ${steps.join(', ')}`,
      '',
      gatesInWords(gates)
    ].join('\n')
  )
}

const STYLES = { open: 'green', lifted: 'yellow', warning: 'yellow', closed: 'red' } as const

function gatesInWords(gates: readonly Finding[]): string {
  const rows = gates.map(({ gate, state, message }) => [state.padEnd(7), gate, message])
  const lines = table(rows).split('\n')
  return gates
    .map(
      ({ state, remedy }, at) =>
        `${styled(STYLES[state], lines[at] ?? '')}${remedy === '' ? '' : `\n         → ${remedy}`}`
    )
    .join('\n')
}

/** How a release ended, for people on standard error and for scripts in the exit code. */
export function ended(run: Run, { output }: Pick<PlaceOptions, 'output'>): void {
  process.exitCode = exitCodeOf(run)
  const { outcome, plan, held } = run
  const said = outcome?.kind ?? 'held'
  const why = outcome !== null && 'why' in outcome ? outcome.why : (held ?? '')
  const text = {
    released: `${plan.release.name} serves.`,
    refused: `Nothing was changed: ${why}`,
    failed: `Nothing that serves was changed: ${why}`,
    aborted: `${plan.release.name} was taken back, and ${plan.previous?.name ?? 'nothing'} serves. Because of ${why}`,
    stuck: `Going back did not work: ${why}. Look at it now, then: lyceum retry`,
    held: `Waits for a person: ${why}. Go on: lyceum promote. Back: lyceum abort`
  }[said]
  if (output === 'json')
    process.stdout.write(`${JSON.stringify({ ts: run.changedAt, run: plan.run, type: 'ended', outcome: said, why })}\n`)
  else tell(text)
}

/** `0.1%` or `0.001`. */
export function readShare(given: string): number {
  const share = given.endsWith('%') ? Number(given.slice(0, -1)) / 100 : Number(given)
  if (given.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Give a share such as 0.1%.')
}

export function readSteps(given: string): number[] {
  const steps = given.split(',').map(Number)
  const rises = steps.every((step, at) => step > (steps[at - 1] ?? 0) && step <= 100)
  if (rises && steps.at(-1) === 100) return steps
  throw new InvalidArgumentError('Give shares that rise to 100, such as 10,50,100.')
}

function readTimes(given: string): number {
  const times = Number(given)
  if (times >= 1) return times
  throw new InvalidArgumentError('Give how many times as long, such as 2.')
}

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 0) return count
  throw new InvalidArgumentError('Give a whole number.')
}

const readWords = (given: string): string[] => given.split(',').map((word) => word.trim())
