import { inSteps } from '@lyceum/platform/module'
import { keep } from '@lyceum/platform/transaction'
import type { Given, UserSteps } from '../context.ts'
import type { SignedIn } from '../contract.ts'
import type { UserServices } from '../services.ts'
import { openSignIn } from '../sign-in/open-sign-in.ts'
import { countFailure, mustNotBeThrottled } from '../sign-in/throttle.ts'
import { FirebaseRefused, type FirebaseTokens } from './firebase-tokens.ts'
import { recognise } from './recognise.ts'

/** @throws auth.firebase-refused, auth.email-unverified, auth.account-unknown, auth.throttled */
export const signInWithFirebase = (
  { tokens, revocations }: Pick<UserServices, 'tokens' | 'revocations'>,
  firebase: FirebaseTokens
) =>
  inSteps(async ({ transact, now }: UserSteps, { idToken }: Given<'signInWithFirebase'>): Promise<SignedIn> => {
    const projectId = firebase.projectOf(idToken)
    const provider = await transact(async (context) => {
      await mustNotBeThrottled(context, null)
      return context.tx
        .selectFrom('user.identity_provider')
        .select(['id', 'create_accounts as createAccounts'])
        .where('kind', '=', 'firebase')
        .where('enabled', '=', true)
        .where('project_id', '=', projectId)
        .executeTakeFirst()
    })
    const refuse = (): Promise<never> =>
      transact(async (context) => {
        await countFailure(context, null)
        throw keep(FirebaseRefused())
      })
    if (!provider || projectId === null) return refuse()
    const identity = await firebase.read(idToken, projectId, now).catch((error: unknown) => {
      if (error instanceof Error && 'kind' in error && error.kind === 'unauthenticated') return refuse()
      throw error
    })
    const signedIn = await transact(async (context) =>
      openSignIn(context, tokens, await recognise(context, provider, identity), 'firebase')
    )
    await revocations.refresh()
    return signedIn
  })
