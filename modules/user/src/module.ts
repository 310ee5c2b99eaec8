import type { Clock } from '@lyceum/platform/clock'
import { defineContract } from '@lyceum/platform/contract'
import { defineModule, type Module } from '@lyceum/platform/module'
import type { Tables } from './context.ts'
import { userContract } from './contract.ts'
import { getMe } from './me/get-me.ts'
import type { AccessTokens } from './sign-in/access-token.ts'
import { refresh } from './sign-in/refresh.ts'
import type { RevocationList } from './sign-in/revocation-list.ts'
import { signIn } from './sign-in/sign-in.ts'
import { signOut } from './sign-in/sign-out.ts'
import type { TenantDirectory } from './tenant/tenant-directory.ts'

export { accessTokens } from './sign-in/access-token.ts'
export { authenticator } from './sign-in/authenticate.ts'
export { openRevocationList } from './sign-in/revocation-list.ts'
export { openTenantDirectory } from './tenant/tenant-directory.ts'

export interface UserServices {
  readonly tokens: AccessTokens
  readonly revocations: RevocationList
  readonly tenants: TenantDirectory
  readonly clock: Clock
  /** Seals what must be read again but not by whoever reads the database: client secrets of identity providers. */
  readonly secret: string
}

const {
  signIn: signInOperation,
  refresh: refreshOperation,
  signOut: signOutOperation,
  getMe: getMeOperation
} = userContract.operations
const begun = defineContract({
  module: 'user',
  operations: { signIn: signInOperation, refresh: refreshOperation, signOut: signOutOperation, getMe: getMeOperation }
})

export const userModule = ({ tokens, revocations }: UserServices): Module =>
  defineModule<typeof begun, Tables>({
    contract: begun,
    operations: { signIn: signIn(tokens), refresh: refresh(tokens), signOut: signOut(revocations), getMe }
  })
