import type { SignedIn } from '@lyceum/user/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearchParams } from 'react-router'
import { safeReturn } from '../../path.ts'
import { beginSession } from '../../shell/session.ts'

/** Starts the session of a fresh sign-in and goes where the person wanted to be. */
export function useAfterSignIn(): (signedIn: Pick<SignedIn, 'user'>, to?: string) => Promise<void> {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  return async ({ user }, to = safeReturn(params.get('to'))) => {
    await beginSession(queryClient, user)
    await navigate(to, { replace: true })
  }
}
