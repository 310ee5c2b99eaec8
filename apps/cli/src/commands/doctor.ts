import { resolve } from 'node:path'
import { ConfigRefused, readConfig } from '@lyceum/platform/config'
import { Command } from 'commander'
import type { Finding, Place } from '../checks/check.ts'
import { readEnvironment } from '../environment.ts'
import { exitCodes } from '../outcome.ts'
import { answer, styled } from '../terminal.ts'

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
      const place = findPlace()
      const { allChecks } = await import('../checks/all.ts')
      const found = await Promise.all(
        allChecks.map(async ({ what, check }) => ({ what, ...(await check(place).catch(broken)) }))
      )
      const healthy = found.every(({ state }) => state !== 'fault')
      if (!healthy) process.exitCode = exitCodes.failed
      answer(json, { ok: healthy, checks: found }, () => found.map(inWords).join('\n'))
    })
}

/** Where the settings are wrong, the defaults stand in for them, so that the other checks can still be made. */
function findPlace(): Place {
  const environment = readEnvironment()
  const { LYCEUM_HOME } = environment
  try {
    const config = readConfig(environment)
    return { config, home: resolve(config.LYCEUM_HOME), faults: [] }
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error
    const config = readConfig(LYCEUM_HOME ? { LYCEUM_HOME } : {})
    return { config, home: resolve(config.LYCEUM_HOME), faults: error.faults }
  }
}

const broken = (error: unknown): Finding => ({
  state: 'fault',
  message: `could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
  remedy: 'Run “lyceum doctor” as the user that runs Lyceum.'
})

const SIGNS = { ok: ['green', '✓'], skipped: ['dim', '–'], note: ['blue', 'i'], fault: ['red', '✗'] } as const

function inWords({ what, ...finding }: { readonly what: string } & Finding): string {
  const [style, sign] = SIGNS[finding.state]
  const line = `${styled(style, sign)} ${what.padEnd(22)} ${finding.message}`
  return 'remedy' in finding ? `${line}\n${' '.repeat(25)}→ ${finding.remedy}` : line
}
