import { Command } from 'commander'
import { readEnvironment } from '../../environment.ts'
import { withProduct } from '../../installation.ts'
import { CommandFailed, exitCodes } from '../../outcome.ts'
import { checklist } from '../../release/facts/checklist.ts'
import { answer, styled, table, tell } from '../../terminal.ts'
import { outputOption } from './place.ts'

interface ValidateOptions {
  readonly against?: string
  readonly output: 'text' | 'json'
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
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum health --against https://learn.example.org\n  $ lyceum health --after-release'
    )
    .action(async ({ against: given, output, afterRelease }: ValidateOptions & { afterRelease?: boolean }) => {
      const address = given ?? (await localAddress(readEnvironment().LYCEUM_HOME ?? './.lyceum'))
      const items = await checklist(address, { whole: afterRelease === true })
      const ok = items.every((item) => item.ok)
      if (!ok) process.exitCode = exitCodes.failed
      answer(output === 'json', { ok, checks: items }, () =>
        table(items.map((item) => [item.ok ? styled('green', '✓') : styled('red', '✗'), item.what, item.message]))
      )
    })
}

async function localAddress(home: string): Promise<string> {
  const { findRunning } = await import('@lyceum/server/running')
  const running = findRunning(home)
  if (running) return running.url
  throw new CommandFailed('health.not-running', 'Nothing runs from this folder. Name an address: --against <url>')
}
