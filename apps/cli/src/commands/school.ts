import { Command } from 'commander'
import { withProduct } from '../installation.ts'
import { answer, table } from '../terminal.ts'

interface Create {
  readonly name: string
  readonly slug: string
  readonly host: string[]
  readonly adminName: string
  readonly adminEmail: string
  readonly locale?: string
  readonly timeZone?: string
  readonly operator?: boolean
  readonly json?: boolean
}

export function schoolCommand(): Command {
  const school = new Command('school')
    .description('schools of this installation')
    .addHelpText('after', '\nExamples:\n  $ lyceum school list\n  $ lyceum school hosts greenfield learn.example.org')
  school
    .command('create')
    .description('make a school; prints the invitation of its first administrator')
    .requiredOption('--name <name>', 'as people read it')
    .requiredOption('--slug <slug>', 'short name: letters, digits, hyphens')
    .requiredOption('--host <host...>', 'host names that lead to it')
    .requiredOption('--admin-name <name>', 'first administrator')
    .requiredOption('--admin-email <email>', 'where the invitation goes')
    .option('--locale <tag>', 'language of the school, such as en or ar')
    .option('--time-zone <zone>', 'such as Europe/Prague')
    .option('--operator', 'the administrator stands above schools too')
    .option('--json', 'as {tenantId, administratorId, invitation}')
    .addHelpText(
      'after',
      `
Examples:
  $ lyceum school create --name "Hill School" --slug hill --host learn.hill.example \\
      --admin-name "Ada Osei" --admin-email ada@hill.example`
    )
    .action(async (given: Create) => {
      const { createSchool } = await import('@lyceum/user/create-school')
      await withProduct(async ({ users }, { publicUrl }) => {
        const { name, slug, host: hosts, adminName, adminEmail, locale, timeZone, operator = false, json } = given
        const made = await createSchool(
          { database: users.database, clock: users.clock, publicUrl },
          {
            name,
            slug,
            hosts,
            ...(locale === undefined ? {} : { locale }),
            ...(timeZone === undefined ? {} : { timeZone }),
            administrator: { name: adminName, email: adminEmail, operator }
          }
        )
        answer(
          json,
          made,
          () =>
            `${name} is there. Its administrator comes in by this link, good once for 14 days:\n\n  ${made.invitation}\n`
        )
      })
    })
  school
    .command('list')
    .description('every school, with hosts and number of people')
    .option('--json', 'as {schools: [{id, name, slug, hosts, status, people}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum school list --json | jq -r ".schools[].slug"')
    .action(({ json }: { json?: boolean }) =>
      withProduct(async (product) => {
        const { listSchools } = await import('../schools.ts')
        const schools = await listSchools(product)
        answer(json, { schools }, () =>
          schools.length === 0
            ? 'There is no school yet.'
            : table([
                ['SLUG', 'NAME', 'STATUS', 'PEOPLE', 'HOSTS'],
                ...schools.map(({ slug, name, status, people, hosts }) => [
                  slug,
                  name,
                  status,
                  String(people),
                  hosts.join(' ')
                ])
              ])
        )
      })
    )
  school
    .command('hosts')
    .description('show the host names of a school, or make exactly these lead to it')
    .argument('<slug>', 'the school')
    .argument('[hosts...]', 'its host names from now on')
    .option('--json', 'as {slug, hosts}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum school hosts hill\n  $ lyceum school hosts hill learn.hill.example hill.localhost'
    )
    .action((slug: string, hosts: string[], { json }: { json?: boolean }) =>
      withProduct(async (product) => {
        const { chooseSchool, setHosts } = await import('../schools.ts')
        const before = await chooseSchool(product, slug)
        if (hosts.length > 0) await setHosts(product, before, hosts)
        const after = await chooseSchool(product, slug)
        answer(json, { slug, hosts: after.hosts }, () => after.hosts.join('\n'))
      })
    )
  return school
}
