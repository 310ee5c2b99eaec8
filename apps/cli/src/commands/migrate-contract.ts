import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemClock } from '@lyceum/platform/clock'
import { Command } from 'commander'
import { withMigrations } from '../installation.ts'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { readContractFacts } from '../release/facts/contract-facts.ts'
import { contractFaults } from '../release/gate/contract.ts'
import { openTarget } from '../release/open-target.ts'
import { answer, tell } from '../terminal.ts'
import { record, WAYS, whoAmI, withAuditLog } from './release/place.ts'

interface Given {
  readonly root: string
  readonly target: string
  readonly by?: string
  readonly alone?: boolean
  readonly json?: boolean
}

export const contractCommand = (): Command =>
  new Command('contract')
    .description('take away what no release needs any more, once nobody goes back')
    .option('--root <folder>', 'what the installation was put into: releases, journal', '/srv/lyceum')
    .option('--target <way>', WAYS, 'host')
    .option('--alone', 'nothing is released by this tool here, this release alone runs, and nobody will go back')
    .option('--by <name>', 'who does this; your name on this machine where none is given')
    .option('--json', 'as {applied: [name]}')
    .addHelpText(
      'after',
      `
Refused with 3 while a release is under way or ended less than a day ago, while a release runs that still needs what would go,
and while people are kept on one that does not serve. Nothing lifts that. There is no way back but a backup.

Examples:
  $ lyceum migrate contract
  $ lyceum migrate contract --alone`
    )
    .action(contract)

async function contract({ root: given, target: way, by, alone, json }: Given): Promise<void> {
  const root = resolve(given)
  const isReleased = existsSync(join(root, 'journal'))
  if (!isReleased && !alone)
    throw new CommandFailed(
      'migrate.contract-unknown',
      `Nothing is known of releases in ${root}. Name the folder of the installation with --root; or say --alone where this release alone runs and nobody will go back.`,
      exitCodes.refused
    )
  await withMigrations(async ({ migrationStatus, migrateUp }, place) => {
    const pending = (await migrationStatus(place)).pending.filter(({ phase }) => phase === 'contract')
    const names = pending.map(({ module, name }) => `${module}/${name}`)
    if (names.length > 0) {
      const target = isReleased ? await openTarget(way, root) : null
      const facts = await withAuditLog((client) =>
        readContractFacts({ root, target, clock: systemClock, client }, names)
      )
      const faults = contractFaults(facts)
      if (faults.length > 0)
        throw new CommandFailed('migrate.contract-refused', `${faults.join('. ')}.`, exitCodes.refused)
      await record(whoAmI(by), 'migrate.contract', names.join(', '), { alone: alone ?? false })
    }
    const applied = (await migrateUp({ ...place, log: tell }, ['contract'])).map(
      ({ module, name }) => `${module}/${name}`
    )
    answer(json, { applied }, () => (applied.length === 0 ? 'Nothing was pending.' : `Applied ${applied.join(', ')}.`))
  })
}
