import { installationEntry } from '@lyceum/platform/runtime'
import type { Composition } from '@lyceum/server/compose'
import { demoSchools } from '@lyceum/server/demo'
import type { UserContext } from '@lyceum/user/by-hand'
import { type Tenant, userContract } from '@lyceum/user/contract'
import type { Static } from 'typebox'
import { CommandFailed, exitCodes } from './outcome.ts'

export type School = Static<typeof Tenant>

/** Work above schools belongs to none of them. */
const ABOVE = '00000000-0000-0000-0000-000000000000'

export async function listSchools({ runtime }: Composition): Promise<School[]> {
  const users = runtime.runner('user', installationEntry(ABOVE)).asking.call(userContract)
  const schools: School[] = []
  let cursor: string | undefined
  do {
    const page = await users.listTenants({ limit: 100, ...(cursor === undefined ? {} : { cursor }) })
    schools.push(...page.entries)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return schools
}

/** The school named; else the only one, else the demo school. */
export async function chooseSchool(product: Composition, slug: string | undefined): Promise<School> {
  const schools = await listSchools(product)
  const [first] = schools
  if (!first)
    throw new CommandFailed(
      'school.none',
      'There is no school here yet. Make one: lyceum school create --help. (Outside production “lyceum start” makes demo schools.)'
    )
  const known = schools.map((school) => school.slug).join(', ')
  const demo = demoSchools.map((school) => school.slug)
  const wanted =
    slug ??
    (schools.length === 1 ? first.slug : schools.every((school) => demo.includes(school.slug)) ? demo[0] : undefined)
  if (wanted === undefined)
    throw new CommandFailed('school.not-named', `Name the school: --school <slug>, one of ${known}.`, exitCodes.usage)
  const found = schools.find((school) => school.slug === wanted)
  if (found) return found
  throw new CommandFailed('school.unknown', `There is no school “${wanted}”. There are: ${known}.`)
}

/** Runs inside one school as the installation. */
export const asInstallation = <Answer>(
  { runtime }: Composition,
  tenantId: string,
  work: (context: UserContext) => Promise<Answer>
): Promise<Answer> => runtime.runner('user', installationEntry(tenantId)).transact(work)

/** Makes exactly these host names lead to a school. @throws tenant.stale, tenant.host-taken, request.invalid */
export async function setHosts(
  { runtime }: Composition,
  { id, version }: School,
  hosts: readonly string[]
): Promise<void> {
  const users = runtime.modules.find(({ contract }) => contract.module === 'user')
  if (!users) throw new Error('This installation has no module user.')
  await runtime.invoke(
    users,
    'updateTenant',
    { ...installationEntry(ABOVE), expectedVersion: version },
    { tenantId: id, hosts }
  )
}
