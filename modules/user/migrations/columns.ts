import type { Columns } from '@lyceum/platform/column-policy'
import { count, derived, flag, gone, id, instant, kept, replaced, text, word } from '@lyceum/platform/column-policy'
import { findByNameAgain } from '../src/person/find-by-name-again.ts'

const look = kept('a colour, a language or a time zone')

/** What every column of this module is, for copies that nobody may be found in. */
export const columns: Columns = {
  '"user".tenant': {
    columns: {
      id,
      slug: replaced('slug'),
      name: replaced('school'),
      locale: look,
      time_zone: look,
      primary_color: look,
      accent_color: look,
      logo_file_id: id,
      self_sign_up: flag,
      suspended_at: instant,
      created_at: instant,
      version: count,
      synthetic: flag
    }
  },
  '"user".tenant_host': { columns: { host: replaced('host'), tenant_id: id } },
  '"user".person': {
    columns: {
      tenant_id: id,
      id,
      name: replaced('name'),
      name_key: derived('made of the name by PostgreSQL'),
      email: replaced('email'),
      email_key: replaced('email'),
      email_verified_at: instant,
      password_hash: gone('nobody signs in to a copy with their own password'),
      role: word,
      operator: flag,
      locale: look,
      time_zone: look,
      activated_at: instant,
      deactivated_at: instant,
      last_active_at: instant,
      created_at: instant,
      version: count
    }
  },
  '"user".person_word': {
    columns: {
      tenant_id: derived('made of names and addresses'),
      word: derived('made of names and addresses'),
      user_id: derived('made of names and addresses')
    },
    without: { where: 'true', why: 'made anew of the names and addresses that people have then' },
    finish: findByNameAgain
  },
  '"user".sign_in': { emptied: 'devices and addresses of people, and what opens their accounts' },
  '"user".revocation': { emptied: 'about sign-ins that are not here any more' },
  '"user".secret_link': { emptied: 'links that open accounts' },
  '"user".throttle': { emptied: 'guesses at accounts and from addresses' },
  '"user".identity_provider': {
    columns: {
      tenant_id: id,
      id,
      kind: word,
      name: text,
      issuer: replaced('url'),
      client_id: replaced('token'),
      client_secret: gone('opens the real provider'),
      project_id: replaced('token'),
      create_accounts: flag,
      enabled: flag,
      created_at: instant,
      version: count
    }
  },
  '"user".identity': {
    columns: { tenant_id: id, provider_id: id, subject: replaced('token'), user_id: id, created_at: instant }
  },
  '"user".provider_sign_in': { emptied: 'sign-ins that were under way' },
  '"user".activity_hour': { columns: { tenant_id: id, hour: instant, people: count } }
}
