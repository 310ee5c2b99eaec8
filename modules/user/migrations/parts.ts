import { ofTenant, type PartRules, stays } from '@lyceum/platform/backup/part-rule'
import { takeTokensBack } from '../src/sign-in/take-tokens-back.ts'
import { announceSchoolAgain } from '../src/tenant/announce-school-again.ts'

const school = { table: '"user".tenant', columns: { tenant_id: 'id' } }

/** What becomes of every table of this module when a school or a course comes back from a backup. */
export const parts: PartRules = {
  '"user".tenant': {
    tenant: 'id',
    counts: ['version'],
    // How a school is reached, and whether it is open, is the operator's.
    keeps: ['slug', 'suspended_at', 'synthetic'],
    called: 'slug',
    finish: announceSchoolAgain
  },
  '"user".tenant_host': ofTenant({ with: { ...school, why: 'which hosts lead to a school is the operator’s' } }),
  '"user".person': ofTenant({
    counts: ['version'],
    // A password that was changed since may have been changed because somebody knew it; rights over the installation are the operator's.
    keeps: ['password_hash', 'activated_at', 'operator', 'last_active_at'],
    called: `format('%s <%s>', name, email)`,
    finish: takeTokensBack
  }),
  '"user".person_word': ofTenant(),
  '"user".sign_in': stays('who is signed in now is signed in now; who is not there any more, is not'),
  '"user".revocation': stays('what was taken back stays taken back'),
  '"user".secret_link': stays('links that open accounts: one that was used or replaced must not open anything again'),
  '"user".throttle': stays('guesses at accounts are counted as they come'),
  '"user".identity_provider': ofTenant({
    counts: ['version'],
    // Sealed with the secret of the installation, which may be another one now.
    keeps: ['client_secret'],
    called: 'name'
  }),
  '"user".identity': ofTenant({
    with: {
      table: '"user".person',
      columns: { tenant_id: 'tenant_id', user_id: 'id' },
      why: 'who may sign in as whom stays as it is now, but for people who come back'
    }
  }),
  '"user".provider_sign_in': stays('sign-ins that are under way'),
  '"user".activity_hour': ofTenant({ with: { ...school, why: 'how many were there has happened' } })
}
