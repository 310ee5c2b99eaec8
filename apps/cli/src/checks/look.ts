import { resolve } from 'node:path'
import { lookAtConfig, secretValues } from '@lyceum/platform/config'
import { loadSecrets } from '@lyceum/platform/load-secrets'
import { SecretsRefused } from '@lyceum/platform/secret-source'
import { hide, readEnvironment } from '../environment.ts'
import { styled } from '../terminal.ts'
import type { Check, Finding, Place } from './check.ts'

/** What a check found. */
export type Looked = { readonly what: string } & Finding

/** Makes checks, all at once; one that cannot be made is a fault of its own. */
export const lookAt = (checks: readonly Check[], place: Place): Promise<Looked[]> =>
  Promise.all(checks.map(async ({ what, check }) => ({ what, ...(await check(place).catch(broken)) })))

/** Every check, in the order in which one mends things. */
export async function lookAtEverything(place: Place): Promise<Looked[]> {
  const { allChecks } = await import('./all.ts')
  return lookAt(allChecks, place)
}

/** Where the settings are wrong, the defaults stand in for them, so that the other checks can still be made. */
export async function findPlace(): Promise<Place> {
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

export function findingInWords({ what, ...finding }: Looked): string {
  const [style, sign] = SIGNS[finding.state]
  const line = `${styled(style, sign)} ${what.padEnd(22)} ${finding.message}`
  return 'remedy' in finding ? `${line}\n${' '.repeat(25)}→ ${finding.remedy}` : line
}

/** What has to be mended, below each other. */
export function checksInWords(checks: readonly Looked[]): string[] {
  const found = checks.flatMap((one) =>
    one.state === 'fault' ? [`  ${one.what}: ${one.message} → ${one.remedy}`] : []
  )
  return found.length === 0 ? ['lyceum doctor finds nothing.'] : ['lyceum doctor finds:', ...found]
}
