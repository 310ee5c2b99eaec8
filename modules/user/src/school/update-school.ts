import { fileContract } from '@lyceum/file/contract'
import { defineError, invalidFields } from '@lyceum/platform/errors'
import { type Asking, inSteps } from '@lyceum/platform/module'
import { sql } from 'kysely'
import type { Given, UserSteps } from '../context.ts'
import type { School } from '../contract.ts'
import { readName } from '../person/person.ts'
import { isTimeZone } from '../person/time-zone.ts'
import type { UserServices } from '../services.ts'
import { readSchool, withLogo } from './school.ts'
import { announceSchool } from './school-cache.ts'

const SchoolStale = defineError(
  'user.school-stale',
  'stale',
  (_version: number) => 'Somebody changed the school’s settings meanwhile. Look at the new values and decide again.',
  (version) => ({ facts: { version } })
)

/** @throws user.school-stale, request.invalid (unknown time zone, a logo that is no ready image) */
export const updateSchool = ({ schools }: Pick<UserServices, 'schools'>) =>
  inSteps(async (steps: UserSteps, given: Given<'updateSchool'>): Promise<School> => {
    const { name, locale, timeZone, theme, logoFileId, selfSignUp } = given
    if (timeZone !== undefined && !isTimeZone(timeZone))
      throw invalidFields([{ field: '/timeZone', code: 'unknown', message: 'This time zone is not known.' }])
    if (typeof logoFileId === 'string') await mustBeImage(steps, logoFileId)
    const school = await steps.transact(async (context) => {
      const { tx, expectedVersion } = context
      const { version } = await tx
        .selectFrom('user.tenant')
        .select('version')
        .where('id', '=', sql<string>`platform.tenant_id()`)
        .forUpdate()
        .executeTakeFirstOrThrow()
      if (version !== expectedVersion) throw SchoolStale(version)
      await tx
        .updateTable('user.tenant')
        .set({
          ...(name === undefined ? {} : { name: readName(name) }),
          ...(locale === undefined ? {} : { locale }),
          ...(timeZone === undefined ? {} : { time_zone: timeZone }),
          ...(theme === undefined ? {} : { primary_color: theme.primaryColor, accent_color: theme.accentColor }),
          ...(logoFileId === undefined ? {} : { logo_file_id: logoFileId }),
          ...(selfSignUp === undefined ? {} : { self_sign_up: selfSignUp }),
          version: version + 1
        })
        .where('id', '=', sql<string>`platform.tenant_id()`)
        .execute()
      await announceSchool(tx)
      return readSchool(context)
    })
    await schools.forget(steps.tenantId)
    return withLogo(steps, school)
  })

async function mustBeImage({ call }: Asking, fileId: string): Promise<void> {
  const { files } = await call(fileContract).describeFiles({ fileIds: [fileId] })
  const [file] = files
  if (file?.state === 'ready' && file.mediaType.startsWith('image/')) return
  throw invalidFields([{ field: '/logoFileId', code: 'not-an-image', message: 'The logo must be an uploaded image.' }])
}
