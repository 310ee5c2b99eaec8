import { randomBytes } from 'node:crypto'
import type { Connection } from '@lyceum/platform/copy-mark'
import { hashPassword } from './password.ts'

export interface StandInSignIn {
  readonly school: string
  /** One of its hosts; null where it has none. */
  readonly host: string | null
  readonly role: string
  readonly operator: boolean
  readonly email: string
  /** Known to whoever hears it now and to nobody later. */
  readonly password: string
}

/** Opens one account for each school and role, operators apart, with a new password; everybody else’s stays shut. */
export async function makeStandInSignIns(connection: Connection): Promise<StandInSignIn[]> {
  const { rows } = await connection.query<Omit<StandInSignIn, 'password'> & { tenant: string; id: string }>(`
    select distinct on (tenant.created_at, tenant.id, person.role, person.operator)
      tenant.id as tenant, person.id, tenant.name as school, person.role, person.operator, person.email,
      (select min(host) from "user".tenant_host where tenant_id = tenant.id) as host
    from "user".person join "user".tenant on tenant.id = person.tenant_id
    where person.deactivated_at is null and tenant.suspended_at is null and not tenant.synthetic
    order by tenant.created_at, tenant.id, person.role, person.operator, person.activated_at is null, person.id`)
  const made: StandInSignIn[] = []
  for (const { tenant, id, ...who } of rows) {
    const password = randomBytes(12).toString('base64url')
    await connection.query(
      `update "user".person set password_hash = $3, activated_at = coalesce(activated_at, created_at),
         email_verified_at = coalesce(email_verified_at, created_at)
       where tenant_id = $1 and id = $2`,
      [tenant, id, await hashPassword(password)]
    )
    made.push({ ...who, password })
  }
  return made
}
