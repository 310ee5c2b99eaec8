import { demoSignIns } from '@lyceum/server/demo'
import { findRunning } from '@lyceum/server/running'
import { Command } from 'commander'
import { readSettings } from '../environment.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { answer, table } from '../terminal.ts'

/** Where the demo schools are and who can sign in. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('addresses and sign-ins of the demo schools')
    .option('--json', 'as one JSON object: {url, tenants: [{host, users: [{role, email, password}]}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum demo\n  $ lyceum demo --json | jq -r .url')
    .action(async ({ json }: { json?: boolean }) => {
      const config = await readSettings()
      if (config.LYCEUM_ENV === 'production')
        throw new CommandFailed('demo.none', 'There is no demo school in production.', exitCodes.refused)
      const port = findRunning(config.LYCEUM_HOME)?.url.split(':').at(-1) ?? config.PORT
      const url = new URL(config.PUBLIC_URL ?? `http://localhost:${port}`)
      const tenants = demoSignIns(url)
      answer(json, { url: url.origin, tenants }, () =>
        tenants
          .map(
            ({ host, users }) =>
              `http://${host}\n${table(users.map(({ role, email, password }) => [` ${role}`, email, password]))}\n`
          )
          .join('\n')
      )
    })
}
