import { makeSigningKey } from '@lyceum/platform/audit-signing'
import { isRotatable, ROTATABLE } from '@lyceum/platform/secret-names'
import { settings } from '@lyceum/platform/settings'
import { drawSecret } from '@lyceum/server/secrets'
import { Command, Option } from 'commander'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { type Exchanged, type Exchanging, mustBeOurs, rotateSecret, setSecret } from '../secrets/exchange-secret.ts'
import { type ListedSecret, listSecrets } from '../secrets/list-secrets.ts'
import { openSecretPlace, readSecretName } from '../secrets/place.ts'
import { readValue } from '../secrets/read-value.ts'
import { isPassword } from '../secrets/rotation.ts'
import { type Writing, writeDown } from '../secrets/write-down.ts'
import { answer, styled, table, tell } from '../terminal.ts'
import { readTime } from './release/time.ts'

interface Json {
  readonly json?: boolean
}

export function secretsCommand(): Command {
  const secrets = new Command('secrets')
    .description('where the secrets are, how old, and new ones without signing anybody out')
    .addHelpText(
      'after',
      `
Secrets come from the environment, from files that it names (NAME_FILE), from the places of SECRETS_FROM, and from
LYCEUM_HOME/secrets, in this order. Reading, setting and exchanging one is written to the audit log first: who, and which.

Examples:
  $ lyceum secrets ls
  $ lyceum secrets rotate --all-due
  $ lyceum secrets generate >> .env`
    )
  secrets
    .command('ls')
    .description('every secret: where it comes from, how old it is, what uses it; never its value')
    .option('--all', 'also those that are not set')
    .option('--json', 'as {secrets: [{name, source, place, since, ageDays, due, rotatable, usedBy, hiding}]}')
    .addHelpText(
      'after',
      "\nExamples:\n  $ lyceum secrets ls\n  $ lyceum secrets ls --json | jq '.secrets[] | select(.due)'"
    )
    .action(async ({ json, all }: Json & { all?: boolean }) => {
      const listed = listSecrets(await openSecretPlace(), new Date()).filter(({ source }) => all || source !== null)
      answer(json, { secrets: listed }, () =>
        listed.length === 0
          ? 'No secrets yet: the first start makes those that are needed.'
          : table([['NAME', 'FROM', 'AGE', 'USED BY', ''].map((word) => styled('bold', word)), ...listed.map(inRow)])
      )
    })
  audited(secrets.command('get'))
    .description('print one, for whoever has to type it somewhere')
    .argument('<name>')
    .option('--show', 'yes, on this screen')
    .option('--json', 'as {name, value}')
    .addHelpText('after', '\nExamples:\n  $ lyceum secrets get SMTP_URL --show')
    .action(async (given: string, { show, json, ...writing }: Json & Writing & { show?: boolean }) => {
      const name = readSecretName(given)
      if (!show)
        throw new CommandFailed(
          'secrets.show',
          `This prints ${name} where others may look over your shoulder: say --show. Where it comes from: lyceum secrets ls`,
          exitCodes.usage
        )
      const place = await openSecretPlace()
      const found = place.found.get(name)
      if (!found) throw new CommandFailed('secrets.none', `${name} is not set. Set it: lyceum secrets set ${name}`)
      await writeDown(place, 'secret.read', name, { source: found.from }, writing)
      answer(json, { name, value: found.value }, () => found.value)
    })
  written(secrets.command('set'))
    .description('put one where it belongs; its value is typed without being shown, or piped in')
    .argument('<name>')
    .option('--leaked', 'the one before is known to others: it is not believed for another moment')
    .option('--json', 'as {name, place, since}')
    .addHelpText(
      'after',
      `
A secret that Lyceum makes itself is exchanged as by “lyceum secrets rotate”. Others are used from the next start on.

Examples:
  $ lyceum secrets set SMTP_URL
  $ pass lyceum/smtp | lyceum secrets set SMTP_URL --into vault`
    )
    .action(async (given: string, { json, ...exchanging }: Json & Exchanging) => {
      const name = readSecretName(given)
      const value = await readValue(name)
      mustFit(name, value)
      const done = await setSecret(await openSecretPlace(), name, value, exchanging)
      answer(json, done, () => whatNow(done))
    })
  written(secrets.command('rotate'))
    .description('exchange one that Lyceum makes itself, without signing anybody out')
    .argument('[name]', ROTATABLE.join(', '))
    .option('--all-due', 'every one that is older than SECRETS_MAX_AGE_DAYS')
    .option('--in <time>', 'how long processes get to take it up before it is used, such as 10m', readTime)
    .option('--leaked', 'the one before is known to others: it is not believed for another moment')
    .option('--json', 'as {rotated: [{name, place, since}], left: [{name, why}]}')
    .addHelpText(
      'after',
      `
Running processes take the new one up by themselves, and sign with it half a minute later (three minutes where they have to ask
a place elsewhere). Where a file that NAME_FILE names was handed to them as a copy, as systemd does, restart them one after another
within a quarter of an hour, or --in. What the one before has signed is believed until it ends. With --leaked nothing of it is: people refresh
their sign-in, addresses of files are made anew when a page is opened again, browsers are no longer kept on a release.

Examples:
  $ lyceum secrets rotate TOKEN_SECRET
  $ lyceum secrets rotate --all-due
  $ lyceum secrets rotate FILE_SECRET --leaked --reason "was pasted into a ticket"`
    )
    .action(rotate)
  secrets
    .command('generate')
    .description('fresh random values, as lines for a .env file; nothing is stored')
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      `
For a new installation. In one that runs, new values at once would end what the old ones have signed: lyceum secrets rotate.

Examples:
  $ umask 077 && lyceum secrets generate >> .env`
    )
    .action(({ json }: Json) => {
      const made = [
        ...ROTATABLE.map((name) => [name, drawSecret()] as const),
        ['AUDIT_SIGNING_KEY', makeSigningKey()] as const
      ]
      answer(json, Object.fromEntries(made), () => made.map(([name, value]) => `${name}=${value}`).join('\n'))
    })
  return secrets
}

async function rotate(
  given: string | undefined,
  { allDue, json, ...exchanging }: Json & Exchanging & { allDue?: boolean }
): Promise<void> {
  if ((given === undefined) === (allDue !== true))
    throw new CommandFailed('secrets.which', 'Name one, or say --all-due.', exitCodes.usage)
  const place = await openSecretPlace()
  const rotated: Exchanged[] = []
  const left: { name: string; why: string }[] = []
  if (given !== undefined) rotated.push(await rotateSecret(place, mustBeOurs(readSecretName(given)), exchanging))
  else
    for (const { name } of listSecrets(place, new Date()).filter(({ due }) => due)) {
      // What one of them waits for need not keep the others from it.
      try {
        rotated.push(await rotateSecret(place, mustBeOurs(name), exchanging))
      } catch (error) {
        if (!(error instanceof CommandFailed) || error.code === 'secrets.not-audited') throw error
        left.push({ name, why: error.message })
      }
    }
  if (left.length > 0) process.exitCode = exitCodes.refused
  for (const { name, why } of left) tell(`${name}: ${why}`)
  answer(json, { rotated, left }, () =>
    rotated.length > 0 ? rotated.map(whatNow).join('\n') : left.length > 0 ? 'None was exchanged.' : 'None is due.'
  )
}

const audited = (command: Command): Command =>
  command
    .option('--by <name>', 'who does this; your name on this machine where none is given')
    .option(
      '--without-audit',
      'although the audit log cannot be written: it is noted on this machine and taken over later'
    )
    .option('--reason <text>', 'why; in the audit log')

const written = (command: Command): Command =>
  audited(command).addOption(
    new Option('--into <place>', 'where it is kept from now on; else where it is, or first in SECRETS_FROM').choices([
      'home',
      'bundle',
      'vault',
      'azure-key-vault'
    ])
  )

/** @throws for what the setting would refuse; without repeating it */
function mustFit(name: string, value: string): void {
  const wrong = faultOf(name, value)
  if (wrong !== undefined)
    throw new CommandFailed('secrets.unfit', `${name} ${wrong} Nothing was changed.`, exitCodes.usage)
}

function faultOf(name: string, value: string): string | undefined {
  if (value === '') return 'must not be empty.'
  if (isRotatable(name) && !isPassword(name) && value.length < 32)
    return `needs at least 32 random characters: lyceum secrets rotate ${name} makes them.`
  const read: unknown = Object.entries(settings)
    .find(([one]) => one === name)?.[1]
    .read(value)
  return typeof read === 'object' && read !== null && 'fault' in read ? `${String(read.fault)}.` : undefined
}

const inRow = ({ name, source, ageDays, due, usedBy, hiding }: ListedSecret): string[] => [
  name,
  source ?? '–',
  ageDays === null ? '' : `${ageDays} d${due ? ', due' : ''}`,
  usedBy,
  hiding.length === 0 ? '' : `also in ${hiding.join(', ')}, which is not used`
]

function whatNow({ name, place, since, copied }: Exchanged): string {
  if (since === null) return `${name} is in ${place}. It is used from the next start on.`
  if (since.getTime() <= Date.now()) return `${name} is in ${place}, and in use.`
  const from = `${name} is in ${place}. Processes use it from ${since.toISOString()} on`
  return copied
    ? `${from}: restart those that were handed a copy of the file (systemd), one after another, before then.`
    : `${from}; there is nothing else to do.`
}
