import { keep } from '@lyceum/platform/transaction'
import type { UserContext } from '../context.ts'
import { countFailure, mustNotBeThrottled } from '../sign-in/throttle.ts'
import { LinkInvalid, type LinkPurpose, readLink } from './secret-link.ts'

/** Whose link it is; a wrong one counts as a guess of the address it came from. @throws auth.link-invalid, auth.throttled */
export async function mustHoldLink(context: UserContext, token: string, purpose: LinkPurpose) {
  await mustNotBeThrottled(context, null)
  const link = await readLink(context, token, purpose)
  if (link) return link
  await countFailure(context, null)
  throw keep(LinkInvalid())
}
