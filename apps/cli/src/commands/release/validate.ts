import { resolve } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { Command } from 'commander'
import { readEnvironment } from '../../environment.ts'
import { withProduct } from '../../installation.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { checklist, type Item } from '../../release/facts/checklist.ts'
import type { LogFaults } from '../../release/facts/log-faults.ts'
import { openTarget } from '../../release/open-target.ts'
import { answer, styled, table, tell } from '../../terminal.ts'
import { outputOption, readLog, WAYS } from './place.ts'

interface ValidateOptions {
  readonly against?: string
  readonly output: 'text' | 'json'
}

interface HealthOptions extends ValidateOptions {
  readonly afterRelease?: boolean
  readonly root: string
  readonly target?: string
}

const against = (command: Command): Command =>
  command
    .option(
      '--against <url>',
      'an address past or at the front door; the installation of this machine where none is given'
    )
    .addOption(outputOption())

export function validateCommand(): Command {
  return against(new Command('validate'))
    .description('do what people do every day, as people who do not exist, and report every probe')
    .argument('[probes...]', 'which; every one where none is named')
    .addHelpText(
      'after',
      `
Makes a synthetic school, signs its teacher and learner in over HTTP, makes a course, writes progress and reads it back, uploads a
file, and removes the school with everything in it. Lists and reports never have it. Exits with 1 when a probe fails.

Examples:
  $ lyceum validate
  $ lyceum validate sign-in progress --against http://127.0.0.1:3101`
    )
    .action(async (names: string[], options: ValidateOptions) => {
      const { validateAt } = await import('../../release/validation/validate.ts')
      const results = await withProduct(async (product, { ownerUrl, config }) =>
        validateAt(product, ownerUrl, options.against ?? (await localAddress(config.LYCEUM_HOME)), names, ({ probe }) =>
          tell(`${probe} …`)
        )
      )
      const ok = results.every((result) => result.ok)
      if (!ok) process.exitCode = exitCodes.failed
      answer(options.output === 'json', { ok, probes: results }, () =>
        table(
          results.map((result) => [
            result.ok ? styled('green', '✓') : styled('red', '✗'),
            result.probe,
            `${result.ms} ms`,
            result.ok ? result.about : result.why
          ])
        )
      )
    })
}

export function impactCommand(): Command {
  return new Command('impact')
    .description('who would notice if this installation went away now')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  $ lyceum impact\n  $ lyceum impact -o json | jq ".impact[] | select(.until)"')
    .action(async ({ output }: ValidateOptions) => {
      const { readImpact } = await import('../../release/validation/read-impact.ts')
      const impact = await withProduct(readImpact)
      answer(output === 'json', { impact }, () =>
        table(
          impact.map(({ what, count, until }) => [String(count), what, until === null ? '' : `the last until ${until}`])
        )
      )
    })
}

export function healthCommand(): Command {
  return against(new Command('health'))
    .description('whether an installation is healthy, in its own words; exits with 1 when not')
    .option('--after-release', 'the whole list of what is looked at after a release')
    .option('--root <folder>', 'what the installation was put into, with --target', '/srv/lyceum')
    .option('--target <way>', `look into the log of what serves too; ${WAYS}`)
    .addHelpText(
      'after',
      `
Examples:
  $ lyceum health --against https://learn.example.org
  $ lyceum health --after-release
  $ lyceum health --after-release --against https://learn.example.org --target host`
    )
    .action(async ({ against: given, output, afterRelease, root, target }: HealthOptions) => {
      const address = given ?? (await localAddress(readEnvironment().LYCEUM_HOME ?? './.lyceum'))
      const log = target === undefined ? undefined : () => logOfWhatServes(target, resolve(root))
      const items = await checklist(address, { whole: afterRelease === true, log })
      const ok = items.every((item) => item.ok)
      if (!ok) process.exitCode = exitCodes.failed
      answer(output === 'json', { ok, checks: items }, () =>
        table(items.map((item) => [markOf(item), item.what, item.message]))
      )
    })
}

const markOf = ({ ok, warning }: Item): string =>
  ok ? (warning ? styled('yellow', '!') : styled('green', '✓')) : styled('red', '✗')

async function logOfWhatServes(kind: string, root: string): Promise<LogFaults | null> {
  const target = await openTarget(kind, root)
  const { stable } = await target.observe()
  return readLog(target, stable, readConfig(readEnvironment()))
}

async function localAddress(home: string): Promise<string> {
  const { findRunning } = await import('@lyceum/server/running')
  const running = findRunning(home)
  if (running) return running.url
  throw new CommandFailed('health.not-running', 'Nothing runs from this folder. Name an address: --against <url>')
}
