import type { Config } from '@lyceum/platform/config'
import { configEnvFile, configMarkdown, describeSettings } from '@lyceum/platform/config-reference'
import { Command } from 'commander'
import { readSettings } from '../environment.ts'
import { answer, table } from '../terminal.ts'
import { renderCommand } from './render.ts'

export function configCommand(): Command {
  const config = new Command('config')
    .description('settings: what is in force, whether it is right, and all there are')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum config check\n  $ lyceum config show --json\n  $ lyceum config env > .env'
    )
  config
    .command('show')
    .description('what is in force; secrets are left out')
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExamples:\n  $ lyceum config show')
    .action(async ({ json }: { json?: boolean }) => {
      const shown = redacted(await readSettings())
      answer(json, shown, () =>
        table(Object.entries(shown).map(([name, value]) => [name, value === null ? '' : String(value)]))
      )
    })
  config
    .command('check')
    .description('every fault of the settings at once; exits with 1 when there is one')
    .option('--json', 'as {ok: true}, or the error')
    .addHelpText('after', '\nExamples:\n  $ LYCEUM_ENV=production lyceum config check')
    .action(async ({ json }: { json?: boolean }) => {
      const { LYCEUM_ENV } = await readSettings()
      answer(json, { ok: true }, () => `The settings are right for ${LYCEUM_ENV}.`)
    })
  config
    .command('docs')
    .description('the reference of every setting, as Markdown')
    .addHelpText('after', '\nExamples:\n  $ lyceum config docs > configuration.md')
    .action(() => void process.stdout.write(configMarkdown()))
  config
    .command('env')
    .description('every setting with its default, as a .env file')
    .addHelpText('after', '\nExamples:\n  $ lyceum config env > .env')
    .action(() => void process.stdout.write(configEnvFile()))
  config.addCommand(renderCommand())
  return config
}

function redacted(config: Config): Record<string, unknown> {
  const values = new Map<string, unknown>(Object.entries(config))
  return Object.fromEntries(
    describeSettings().map(({ name, secret }) => {
      const value = values.get(name)
      return [name, secret && value !== null ? '[set]' : Array.isArray(value) ? value.join(',') : value]
    })
  )
}
