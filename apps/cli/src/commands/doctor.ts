import { Command } from 'commander'
import { findingInWords, findPlace, lookAtEverything } from '../checks/look.ts'
import { exitCodes } from '../outcome.ts'
import { answer } from '../terminal.ts'

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look whether everything is well, and say what to do where it is not')
    .option('--json', 'as {ok, checks: [{what, state, message, remedy}]}')
    .addHelpText(
      'after',
      `
Changes nothing and starts nothing. Exits with 1 when something must be mended.

Examples:
  $ lyceum doctor
  $ lyceum doctor --json | jq '.checks[] | select(.state == "fault")'`
    )
    .action(async ({ json }: { json?: boolean }) => {
      const found = await lookAtEverything(await findPlace())
      const healthy = found.every(({ state }) => state !== 'fault')
      if (!healthy) process.exitCode = exitCodes.failed
      answer(json, { ok: healthy, checks: found }, () => found.map(findingInWords).join('\n'))
    })
}
