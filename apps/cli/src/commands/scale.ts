import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { examsBetween } from '../freeze/exams-between.ts'
import { withProduct } from '../installation.ts'
import { CommandFailed } from '../outcome.ts'
import { openTarget } from '../release/open-target.ts'
import { answer } from '../terminal.ts'
import { outputOption, WAYS } from './release/place.ts'
import { readTime } from './release/time.ts'

interface ScaleOptions {
  readonly root: string
  readonly target: string
  readonly ahead: number
  readonly least: number
  readonly usual: number
  readonly output: 'text' | 'json'
}

export function scaleCommand(): Command {
  return new Command('scale')
    .description('have machines there before exams begin, by the academic calendars of all schools')
    .option('--ahead <time>', 'how long before', readTime, 7_200_000)
    .option('--least <number>', 'of each process during exams, as far as its autoscaler goes', readCount, 8)
    .option('--usual <number>', 'of each process otherwise', readCount, 2)
    .option('--root <folder>', 'what the installation was put into', '/srv/lyceum')
    .option('--target <way>', WAYS, 'kubernetes')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Meant to run every hour; the rendered CronJob does. Where the calendars cannot be read nothing is changed, and it exits with 1.

Examples:
  $ lyceum scale --ahead 2h --least 8 --usual 2
  $ lyceum scale --ahead 24h --least 20 -o json`
    )
    .action(async ({ root, target: kind, ahead, least, usual, output }: ScaleOptions) => {
      const now = new Date()
      const exams = await withProduct((product) => examsBetween(product, now, new Date(now.getTime() + ahead)))
      const target = await openTarget(kind, resolve(root))
      if (!target.scale)
        throw new CommandFailed(
          'scale.not-here',
          `On “${kind}” processes are not added by themselves. Their number is in target.json.`
        )
      const [first] = exams
      const number = first ? Math.max(least, usual) : usual
      const changed = await target.scale(number)
      answer(output === 'json', { exams, least: number, changed }, () =>
        [
          first
            ? `${first.school.name}: ${first.title ?? 'exams'}, from ${first.startsAt ?? 'now'}`
            : 'No exams ahead.',
          changed.length > 0
            ? `At least ${number} of each: ${changed.join(', ')}`
            : `At least ${number} of each, as before.`
        ].join('\n')
      )
    })
}

function readCount(given: string): number {
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}
