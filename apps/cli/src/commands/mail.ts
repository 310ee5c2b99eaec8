import type { Composition } from '@lyceum/server/compose'
import type { HeldMail } from '@lyceum/server/held-mail'
import { Command } from 'commander'
import { withProduct } from '../installation.ts'
import { CommandFailed } from '../outcome.ts'
import { answer } from '../terminal.ts'

interface Where {
  readonly school?: string
  readonly json?: boolean
}

export function mailCommand(): Command {
  const mail = new Command('mail').description('mail that is held').addHelpText(
    'after',
    `
After a restore, messages that were waiting at that moment are held: they may have been sent since, and nobody should get them
twice. Without SMTP_URL all mail is held.

Examples:
  $ lyceum mail held
  $ lyceum mail release --all`
  )
  mail
    .command('held')
    .description('list messages that are held, with the reason')
    .option('--school <slug>', 'of one school only')
    .option('--json', 'as {held: [{school, id, to, subject, createdAt, error, byRestore}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum mail held --school greenfield')
    .action(({ school, json }: Where) =>
      withProduct(async (product) => {
        const held = await listHeld(product, school)
        answer(json, { held }, () => (held.length === 0 ? 'Nothing is held.' : held.map(inWords).join('\n')))
      })
    )
  mail
    .command('release')
    .description('have held messages sent')
    .argument('[ids...]', 'which, as `lyceum mail held` lists them')
    .option('--all', 'every one that a restore has held')
    .option('--school <slug>', 'of one school only')
    .option('--json', 'as {released}')
    .addHelpText('after', '\nExamples:\n  $ lyceum mail release --all --school greenfield')
    .action((ids: readonly string[], { all, school, json }: Where & { all?: boolean }) => {
      if ((ids.length === 0) === (all !== true))
        throw new CommandFailed('mail.unclear', 'Name the ids to release, or give --all; not both.')
      return withProduct(async (product) => {
        const held = await listHeld(product, school)
        const unknown = ids.find((id) => !held.some((one) => one.id === id))
        if (unknown !== undefined)
          throw new CommandFailed('mail.unclear', `${unknown} is not held. \`lyceum mail held\` lists what is.`)
        const wanted = held.filter(({ id, byRestore }) => (all ? byRestore : ids.includes(id)))
        const { releaseMail } = await import('@lyceum/server/held-mail')
        for (const { tenantId, id } of wanted) await releaseMail(product, tenantId, id)
        answer(json, { released: wanted.length }, () => `${wanted.length} are sent now.`)
      })
    })
  return mail
}

interface Held extends HeldMail {
  readonly school: string
  readonly tenantId: string
}

async function listHeld(product: Composition, slug: string | undefined): Promise<Held[]> {
  const [{ chooseSchool, listSchools }, { listHeldMail }] = await Promise.all([
    import('../schools.ts'),
    import('@lyceum/server/held-mail')
  ])
  const schools = slug === undefined ? await listSchools(product) : [await chooseSchool(product, slug)]
  const held: Held[] = []
  for (const { id: tenantId, slug: school } of schools)
    held.push(...(await listHeldMail(product, tenantId)).map((mail) => ({ school, tenantId, ...mail })))
  return held
}

const inWords = ({ school, id, to, subject, createdAt, error }: Held): string =>
  `${id}  ${school}  ${createdAt}  ${to}  ${subject}\n    ${error ?? 'there is no mail server (SMTP_URL)'}`
