import type { Input, OperationName } from '@lyceum/platform/contract'
import type { Context, JobContext, Steps } from '@lyceum/platform/module'
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { SchoolRole, userContract } from './contract.ts'

/** An instant: ISO 8601 when read, a Date or ISO text when written. */
type At = ColumnType<string, Date | string, Date | string>
type MaybeAt = ColumnType<string | null, Date | string | null | undefined, Date | string | null>

export interface Tables {
  'user.tenant': {
    id: string
    slug: string
    name: string
    locale: Generated<string>
    time_zone: Generated<string>
    primary_color: Generated<string>
    accent_color: Generated<string>
    logo_file_id: string | null
    self_sign_up: Generated<boolean>
    suspended_at: MaybeAt
    created_at: At
    version: Generated<number>
    /** Made for trying a release out: no list and no report has it. */
    synthetic: Generated<boolean>
  }
  'user.tenant_host': { host: string; tenant_id: string }
  'user.person': {
    id: string
    name: string
    name_key: GeneratedAlways<string>
    email: string
    email_key: string
    email_verified_at: MaybeAt
    password_hash: string | null
    role: SchoolRole
    operator: Generated<boolean>
    locale: string | null
    time_zone: string | null
    activated_at: MaybeAt
    deactivated_at: MaybeAt
    last_active_at: MaybeAt
    created_at: At
    version: Generated<number>
  }
  'user.person_word': { word: string; user_id: string }
  'user.sign_in': {
    id: string
    user_id: string
    method: 'password' | 'oidc' | 'firebase' | 'invitation' | 'reset'
    refresh_digest: string
    previous_digest: string | null
    rotated_at: At
    device: string
    address: string
    created_at: At
    last_used_at: At
    expires_at: At
    remembered: Generated<boolean>
    ended_at: MaybeAt
    ended_because: string | null
  }
  'user.revocation': {
    tenant_id: Generated<string>
    id: string
    user_id: string
    sign_in_id: string | null
    issued_before: At
    expires_at: At
  }
  'user.secret_link': {
    digest: string
    user_id: string
    purpose: 'invitation' | 'password-reset' | 'email-verification'
    created_by: string | null
    created_at: At
    expires_at: At
    used_at: MaybeAt
  }
  'user.throttle': { tenant_id: Generated<string>; subject: string; failures: number; first_at: At; last_at: At }
  'user.identity_provider': {
    id: string
    kind: 'oidc' | 'firebase'
    name: string
    issuer: string | null
    client_id: string | null
    client_secret: string | null
    project_id: string | null
    create_accounts: Generated<boolean>
    enabled: Generated<boolean>
    created_at: At
    version: Generated<number>
  }
  'user.identity': { provider_id: string; subject: string; user_id: string; created_at: At }
  'user.provider_sign_in': {
    state_digest: string
    provider_id: string
    code_verifier: string
    nonce: string
    return_to: string
    expires_at: At
  }
}

export type UserContext = Context<Tables>
export type UserJob = JobContext<Tables>
export type UserSteps = Steps<Tables>
export type Given<K extends OperationName<typeof userContract>> = Input<typeof userContract, K>
