import { Argument, Command } from 'commander'
import type { CadenceName } from '../checks/cadences.ts'
import { findingInWords, findPlace, lookAt } from '../checks/look.ts'
import { exitCodes } from '../outcome.ts'
import { answer, styled, table } from '../terminal.ts'
import { outputOption } from './release/place.ts'

const NAMES: readonly CadenceName[] = ['daily', 'weekly', 'monthly']

export function checksCommand(): Command {
  return new Command('checks')
    .description(
      'what an operator looks at every day, week or month: made where a program can, listed where a person must'
    )
    .addArgument(new Argument('<lists...>', 'which ones').choices(NAMES))
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Each list is its own: the weekly one does not hold the daily one again, so on a Monday name both. Starts nothing. What needs the embedded database
is left out where Lyceum does not run. Exits with 0 when all is well, with 1 when something must be mended, with 2 when something should be
looked at. What a person must do does not count.

Examples:
  $ lyceum checks daily
  $ lyceum checks daily weekly -o json | jq '.checks[] | select(.state == "fault")'
  $ lyceum checks monthly || mail -s "checks" ops@school.example`
    )
    .action(look)
}

async function look(names: readonly CadenceName[], { output }: { readonly output: 'text' | 'json' }): Promise<void> {
  const place = await findPlace()
  const { cadences } = await import('../checks/cadences.ts')
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => ({
      name,
      checks: await lookAt(cadences[name].checks, place),
      byHand: cadences[name].byHand
    }))
  )
  const states = found.flatMap(({ checks }) => checks.map(({ state }) => state))
  if (states.includes('fault')) process.exitCode = exitCodes.failed
  else if (states.includes('note')) process.exitCode = exitCodes.pending
  const value = {
    ok: !states.includes('fault'),
    checks: found.flatMap(({ name, checks }) => checks.map((one) => ({ list: name, ...one }))),
    byHand: found.flatMap(({ name, byHand }) => byHand.map((one) => ({ list: name, ...one })))
  }
  answer(output === 'json', value, () =>
    found
      .flatMap(({ name, checks, byHand }) => [
        styled('bold', name),
        ...checks.map(findingInWords),
        '',
        'For a person:',
        table(byHand.map(({ what, where }) => [`  ☐ ${what}`, where])),
        ''
      ])
      .join('\n')
      .trimEnd()
  )
}
