import { fileContract } from '@lyceum/file/contract'
import type { Asking } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { UserContext } from '../context.ts'
import type { School } from '../contract.ts'

type StoredSchool = Omit<School, 'logoUrl'> & { readonly logoFileId: string | null }

/** The school of this transaction, without its logo's address. */
export async function readSchool({ tx }: Pick<UserContext, 'tx'>): Promise<StoredSchool> {
  const { primaryColor, accentColor, ...school } = await tx
    .selectFrom('user.tenant')
    .select(['id', 'name', 'locale', 'version', 'time_zone as timeZone', 'self_sign_up as selfSignUp'])
    .select(['primary_color as primaryColor', 'accent_color as accentColor', 'logo_file_id as logoFileId'])
    .where('id', '=', sql<string>`platform.tenant_id()`)
    .executeTakeFirstOrThrow()
  const providers = await tx
    .selectFrom('user.identity_provider')
    .select(['id', 'name', 'kind'])
    .where('enabled', '=', true)
    .orderBy('name')
    .orderBy('id')
    .execute()
  return { ...school, theme: { primaryColor, accentColor }, providers }
}

/** Adds a fresh signed address of the logo; asked without a connection held. */
export async function withLogo({ call }: Asking, { logoFileId, ...school }: StoredSchool): Promise<School> {
  if (logoFileId === null) return { ...school, logoUrl: null }
  const { files } = await call(fileContract).describeFiles({ fileIds: [logoFileId] })
  return { ...school, logoUrl: files[0]?.url ?? null }
}
