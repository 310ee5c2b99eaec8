import { resolve } from 'node:path'
import { lookAtConfig, secretValues } from '@lyceum/platform/config'
import { loadSecrets } from '@lyceum/platform/load-secrets'
import { SecretsRefused } from '@lyceum/platform/secret-source'
import { Command } from 'commander'
import type { Finding, Place } from '../checks/check.ts'
import { hide, readEnvironment } from '../environment.ts'
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
      const place = await findPlace()
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
async function findPlace(): Promise<Place> {
  const given = readEnvironment()
  const refused: string[] = []
  const { environment } = await loadSecrets(given).catch((error: unknown) => {
    if (!(error instanceof SecretsRefused)) throw error
    refused.push(error.message)
    return { environment: given }
  })
  const { config, faults } = lookAtConfig(environment)
  for (const value of secretValues(config)) hide(value)
  const { LYCEUM_HOME } = given
  const standIn = lookAtConfig(LYCEUM_HOME ? { LYCEUM_HOME } : {}).config
  return {
    config: faults.length === 0 ? config : standIn,
    home: resolve(config.LYCEUM_HOME),
    faults: [...refused, ...faults]
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
