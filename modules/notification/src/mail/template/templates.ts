import type { MailRequested } from '@lyceum/user/contract'
import type { Static } from 'typebox'
import { emailVerification } from './email-verification.ts'
import { invitation } from './invitation.ts'
import { passwordChanged } from './password-changed.ts'
import { passwordReset } from './password-reset.ts'
import { signInLink } from './sign-in-link.ts'
import type { Template } from './template.ts'

type TemplateName = Static<(typeof MailRequested)['payload']>['template']

/** Every message there is; one without a template does not compile. */
export const templates: Readonly<Record<TemplateName, Template>> = {
  invitation,
  'password-reset': passwordReset,
  'password-changed': passwordChanged,
  'email-verification': emailVerification,
  'sign-in-link': signInLink
}
