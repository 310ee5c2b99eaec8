import type { UserContext } from '@lyceum/user/by-hand'
import type { SchoolRole } from '@lyceum/user/contract'
import { Argument, Command, Option } from 'commander'
import { withProduct } from '../installation.ts'
import { answer } from '../terminal.ts'

interface Where {
  readonly school?: string
  readonly json?: boolean
}

const ROLES: readonly SchoolRole[] = ['administrator', 'teacher', 'assistant', 'learner', 'observer']

export function personCommand(): Command {
  const person = new Command('person').description('let people in who cannot get in by themselves').addHelpText(
    'after',
    `
For whoever has the machine: these need no sign-in (lyceum help operator). Links are printed, and sent by mail too.

Examples:
  $ lyceum person reset-password ada@greenfield.example
  $ lyceum person operator ada@greenfield.example`
  )
  person
    .command('invite')
    .description('make an account and print its invitation; an unanswered one is made anew')
    .addArgument(new Argument('<email>', 'where the invitation goes'))
    .requiredOption('--name <name>', 'as people read it')
    .addOption(new Option('--role <role>', 'in the school').choices(ROLES).default('learner'))
    .option('--school <slug>', 'where there are several')
    .option('--json', 'as {userId, purpose, link}')
    .addHelpText('after', '\nExamples:\n  $ lyceum person invite tom@hill.example --name "Tom Reed" --role teacher')
    .action(async (email: string, { school, json, name, role }: Where & { name: string; role: SchoolRole }) => {
      const { inviteByHand } = await import('@lyceum/user/by-hand')
      await inSchool(school, async (context, publicUrl) => {
        const made = await inviteByHand(context, publicUrl, { name, email, role })
        answer(json, made, () => `${email} comes in by this link, good once:\n\n  ${made.link}\n`)
      })
    })
  person
    .command('reset-password')
    .description('print a link to a new password, good once for an hour')
    .argument('<email>', 'of the account')
    .option('--school <slug>', 'where there are several')
    .option('--json', 'as {userId, purpose, link}')
    .addHelpText('after', '\nExamples:\n  $ lyceum person reset-password ada@greenfield.example --school greenfield')
    .action(async (email: string, { school, json }: Where) => {
      const { linkByHand } = await import('@lyceum/user/by-hand')
      await inSchool(school, async (context, publicUrl) => {
        const made = await linkByHand(context, publicUrl, email)
        answer(json, made, () => `${email} comes in by this link, good once:\n\n  ${made.link}\n`)
      })
    })
  person
    .command('operator')
    .description('put a person above schools, so that they may list and make them')
    .argument('<email>', 'of the account')
    .option('--school <slug>', 'where there are several')
    .option('--off', 'take it back')
    .option('--json', 'as {userId, email, operator}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum person operator ada@hill.example\n  $ lyceum person operator ada@hill.example --off'
    )
    .action(async (email: string, { school, json, off }: Where & { off?: boolean }) => {
      const { setOperatorByHand } = await import('@lyceum/user/by-hand')
      await inSchool(school, async (context) => {
        const { id } = await setOperatorByHand(context, email, !off)
        answer(json, { userId: id, email, operator: !off }, () =>
          off ? `${email} is no operator any more.` : `${email} is an operator from the next sign-in on.`
        )
      })
    })
  return person
}

async function inSchool(
  slug: string | undefined,
  work: (context: UserContext, publicUrl: string) => Promise<void>
): Promise<void> {
  const { asInstallation, chooseSchool } = await import('../schools.ts')
  await withProduct(async (product, { publicUrl }) => {
    const { id } = await chooseSchool(product, slug)
    await asInstallation(product, id, (context) => work(context, publicUrl))
  })
}
