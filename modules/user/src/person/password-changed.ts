import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import { MailRequested } from '../contract.ts'
import { schoolOrigin } from '../secret-link/origin.ts'

/** Warns the owner of an account by mail, in case it was somebody else. */
export async function tellPasswordChanged(context: UserContext, userId: string, publicUrl: string): Promise<void> {
  const { tx, publish } = context
  const { schoolName, schoolLocale, name, email, locale } = await tx
    .selectFrom('user.person')
    .innerJoin('user.tenant', (join) => join.on('user.tenant.id', '=', sql<string>`platform.tenant_id()`))
    .select(['user.person.name', 'user.person.email', 'user.person.locale'])
    .select(['user.tenant.name as schoolName', 'user.tenant.locale as schoolLocale'])
    .where('user.person.id', '=', userId)
    .executeTakeFirstOrThrow()
  const link = `${await schoolOrigin(context, publicUrl)}/forgot-password`
  await publish(MailRequested, {
    template: 'password-changed',
    to: email,
    name,
    locale: locale ?? schoolLocale,
    values: { schoolName, link }
  })
}
