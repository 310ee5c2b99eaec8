import { defineContract, defineEvent } from '@lyceum/platform/contract'
import {
  Done,
  Email,
  Id,
  Instant,
  Locale,
  line,
  Nothing,
  nullable,
  oneOf,
  pageInput,
  pageOf,
  TimeZone
} from '@lyceum/platform/schema'
import Type, { type Static } from 'typebox'

/** What a person is in the school. What they are in one course is an enrolment. */
export const SchoolRole = oneOf(['administrator', 'teacher', 'assistant', 'learner', 'observer'])
export type SchoolRole = Static<typeof SchoolRole>

export const PersonStatus = oneOf(['invited', 'active', 'deactivated'])

export const Person = Type.Object({
  id: Id,
  name: Type.String(),
  email: Type.String(),
  role: SchoolRole,
  status: PersonStatus,
  emailVerified: Type.Boolean(),
  locale: nullable(Locale),
  timeZone: nullable(TimeZone),
  lastActiveAt: nullable(Instant),
  createdAt: Instant,
  version: Type.Integer()
})
export type Person = Static<typeof Person>

export const Me = Type.Object({
  ...Person.properties,
  permissions: Type.Array(Type.String()),
  operator: Type.Boolean()
})
export type Me = Static<typeof Me>

export const SignedIn = Type.Object({
  accessToken: Type.String({ description: 'bearer token, good for 15 minutes' }),
  expiresIn: Type.Integer({ description: 'seconds' }),
  remembered: Type.Boolean({ description: 'whether the cookies outlive the browser window' }),
  refreshToken: Type.String({ description: 'good once; using it twice ends the sign-in everywhere it reached' }),
  user: Me
})
export type SignedIn = Static<typeof SignedIn>

export const Theme = Type.Object({
  primaryColor: Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }),
  accentColor: Type.String({ pattern: '^#[0-9a-fA-F]{6}$' })
})

export const SignInProvider = Type.Object({ id: Id, name: Type.String(), kind: oneOf(['oidc', 'firebase']) })

/** What anyone may know of a school before signing in. */
export const School = Type.Object({
  id: Id,
  name: Type.String(),
  locale: Locale,
  timeZone: TimeZone,
  theme: Theme,
  logoUrl: nullable(Type.String()),
  selfSignUp: Type.Boolean(),
  providers: Type.Array(SignInProvider),
  version: Type.Integer()
})
export type School = Static<typeof School>

export const SignInRecord = Type.Object({
  id: Id,
  device: Type.String({ description: 'browser and system, in words' }),
  address: Type.String(),
  method: oneOf(['password', 'oidc', 'firebase', 'invitation', 'reset']),
  createdAt: Instant,
  lastUsedAt: Instant,
  current: Type.Boolean()
})

export const Explanation = Type.Object({
  permission: Type.String(),
  granted: Type.Boolean(),
  because: Type.String({ description: 'such as “role administrator”' })
})

export const IdentityProvider = Type.Object({
  id: Id,
  name: Type.String(),
  kind: oneOf(['oidc', 'firebase']),
  issuer: nullable(Type.String()),
  clientId: nullable(Type.String()),
  hasClientSecret: Type.Boolean(),
  projectId: nullable(Type.String()),
  createAccounts: Type.Boolean({ description: 'whether an unknown, verified e-mail becomes a learner' }),
  enabled: Type.Boolean(),
  version: Type.Integer()
})

export const Tenant = Type.Object({
  id: Id,
  name: Type.String(),
  slug: Type.String(),
  hosts: Type.Array(Type.String()),
  status: oneOf(['active', 'suspended']),
  people: Type.Integer(),
  createdAt: Instant,
  version: Type.Integer()
})

const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Token = Type.String({ minLength: 20, maxLength: 256 })
const userId = Id

export const userContract = defineContract({
  module: 'user',
  operations: {
    signIn: {
      method: 'POST',
      path: '/auth/sign-in',
      access: 'anyone',
      duringMaintenance: true,
      session: 'open',
      guessable: true,
      summary: 'Sign in with e-mail and password',
      input: Type.Object({ email: Email, password: Password, remember: Type.Optional(Type.Boolean()) }),
      output: SignedIn
    },
    refresh: {
      method: 'POST',
      path: '/auth/refresh',
      access: 'anyone',
      duringMaintenance: true,
      session: 'open',
      summary: 'Exchange a refresh token (body or cookie) for a new pair',
      input: Type.Object({ refreshToken: Type.Optional(Type.String({ maxLength: 256 })) }),
      output: SignedIn
    },
    signOut: {
      method: 'POST',
      path: '/auth/sign-out',
      access: 'anyone',
      duringMaintenance: true,
      session: 'close',
      summary: 'End this sign-in',
      input: Nothing,
      output: Done
    },
    signUp: {
      method: 'POST',
      path: '/auth/sign-up',
      access: 'anyone',
      session: 'open',
      guessable: true,
      summary: 'Create an account where the school allows it',
      input: Type.Object({ name: line(), email: Email, password: Password }),
      output: SignedIn
    },
    requestPasswordReset: {
      method: 'POST',
      path: '/auth/password-resets',
      access: 'anyone',
      guessable: true,
      status: 202,
      summary: 'Send a reset link; the answer never tells whether the address is known',
      input: Type.Object({ email: Email }),
      output: Done
    },
    getPasswordReset: {
      method: 'GET',
      path: '/auth/password-resets/:token',
      access: 'anyone',
      guessable: true,
      summary: 'Whom a reset link is for',
      input: Type.Object({ token: Token }),
      output: Type.Object({ email: Type.String(), expiresAt: Instant })
    },
    resetPassword: {
      method: 'PUT',
      path: '/auth/password-resets/:token',
      access: 'anyone',
      session: 'open',
      guessable: true,
      summary: 'Choose a new password; every other sign-in ends',
      input: Type.Object({ token: Token, password: Password }),
      output: SignedIn
    },
    sendEmailVerification: {
      method: 'POST',
      path: '/me/email-verification',
      access: 'signed-in',
      status: 202,
      summary: 'Send the verification link again',
      input: Nothing,
      output: Done
    },
    verifyEmail: {
      method: 'PUT',
      path: '/auth/email-verifications/:token',
      access: 'anyone',
      guessable: true,
      summary: 'Confirm an e-mail address',
      input: Type.Object({ token: Token }),
      output: Type.Object({ email: Type.String() })
    },
    getInvitation: {
      method: 'GET',
      path: '/invitations/:token',
      access: 'anyone',
      guessable: true,
      summary: 'Who is invited to what',
      input: Type.Object({ token: Token }),
      output: Type.Object({
        email: Type.String(),
        name: Type.String(),
        role: SchoolRole,
        invitedBy: Type.String(),
        expiresAt: Instant
      })
    },
    acceptInvitation: {
      method: 'PUT',
      path: '/invitations/:token/acceptance',
      access: 'anyone',
      session: 'open',
      guessable: true,
      summary: 'Accept: set name and password, and be signed in',
      input: Type.Object({ token: Token, name: line(), password: Password }),
      output: SignedIn
    },
    startProviderSignIn: {
      method: 'GET',
      path: '/auth/providers/:providerId/start',
      access: 'anyone',
      duringMaintenance: true,
      redirect: true,
      summary: 'Go to the identity provider (OpenID Connect, authorization code with PKCE)',
      input: Type.Object({ providerId: Id, returnTo: Type.Optional(Type.String({ maxLength: 500 })) }),
      output: Type.Object({ location: Type.String(), browserSecret: Type.Optional(Type.String()) })
    },
    finishProviderSignIn: {
      method: 'GET',
      path: '/auth/callback',
      access: 'anyone',
      duringMaintenance: true,
      redirect: true,
      session: 'open',
      summary: 'Where the identity provider sends the browser back to',
      input: Type.Object({
        state: Type.String({ maxLength: 256 }),
        code: Type.Optional(Type.String({ maxLength: 4096 })),
        iss: Type.Optional(Type.String()),
        error: Type.Optional(Type.String()),
        error_description: Type.Optional(Type.String()),
        session_state: Type.Optional(Type.String())
      }),
      output: Type.Object({ location: Type.String(), ...Type.Partial(SignedIn).properties })
    },
    signInWithFirebase: {
      method: 'POST',
      path: '/auth/firebase',
      access: 'anyone',
      duringMaintenance: true,
      session: 'open',
      guessable: true,
      summary: 'Sign in with a Firebase ID token of the configured project',
      input: Type.Object({ idToken: Type.String({ minLength: 20, maxLength: 8192 }) }),
      output: SignedIn
    },
    getMe: {
      method: 'GET',
      path: '/me',
      access: 'signed-in',
      etag: true,
      summary: 'Who I am and what I may do',
      input: Nothing,
      output: Me
    },
    updateMe: {
      method: 'PATCH',
      path: '/me',
      access: 'signed-in',
      summary: 'Change my name, language or time zone',
      input: Type.Object({
        name: Type.Optional(line()),
        locale: Type.Optional(nullable(Locale)),
        timeZone: Type.Optional(nullable(TimeZone))
      }),
      output: Me
    },
    changePassword: {
      method: 'PUT',
      path: '/me/password',
      access: 'signed-in',
      guessable: true,
      summary: 'Change my password; every other sign-in ends',
      input: Type.Object({ currentPassword: Password, newPassword: Password }),
      output: Done
    },
    listSignIns: {
      method: 'GET',
      path: '/me/sign-ins',
      access: 'signed-in',
      summary: 'Where I am signed in',
      input: Type.Object({ ...pageInput }),
      output: pageOf(SignInRecord)
    },
    endSignIn: {
      method: 'DELETE',
      path: '/me/sign-ins/:signInId',
      access: 'signed-in',
      summary: 'Sign one device out',
      input: Type.Object({ signInId: Id }),
      output: Done
    },
    endAllSignIns: {
      method: 'DELETE',
      path: '/me/sign-ins',
      access: 'signed-in',
      session: 'close',
      summary: 'Sign out everywhere',
      input: Nothing,
      output: Done
    },
    getSchool: {
      method: 'GET',
      path: '/school',
      access: 'anyone',
      duringMaintenance: true,
      etag: true,
      summary: 'Name, look and sign-in options of this school',
      input: Nothing,
      output: School
    },
    updateSchool: {
      method: 'PATCH',
      path: '/school',
      access: 'school:manage',
      ifMatch: true,
      summary: 'Change name, logo, colours, language, self sign-up',
      input: Type.Object({
        name: Type.Optional(line(120)),
        locale: Type.Optional(Locale),
        timeZone: Type.Optional(TimeZone),
        theme: Type.Optional(Theme),
        logoFileId: Type.Optional(nullable(Id)),
        selfSignUp: Type.Optional(Type.Boolean())
      }),
      output: School
    },
    listPeople: {
      method: 'GET',
      path: '/people',
      access: 'people:read',
      summary: 'People of the school, by name',
      input: Type.Object({
        ...pageInput,
        search: Type.Optional(Type.String({ maxLength: 100 })),
        role: Type.Optional(SchoolRole),
        status: Type.Optional(PersonStatus)
      }),
      output: Type.Object({ ...pageOf(Person).properties, total: Type.Integer() })
    },
    invitePerson: {
      method: 'POST',
      path: '/people',
      access: 'people:manage',
      status: 201,
      summary: 'Create an account and send the invitation',
      input: Type.Object({ name: line(), email: Email, role: SchoolRole }),
      output: Person
    },
    getPerson: {
      method: 'GET',
      path: '/people/:userId',
      access: 'people:read',
      etag: true,
      summary: 'One person',
      input: Type.Object({ userId }),
      output: Person
    },
    updatePerson: {
      method: 'PATCH',
      path: '/people/:userId',
      access: 'people:manage',
      ifMatch: true,
      summary: 'Change name or role',
      input: Type.Object({ userId, name: Type.Optional(line()), role: Type.Optional(SchoolRole) }),
      output: Person
    },
    deactivatePerson: {
      method: 'PUT',
      path: '/people/:userId/deactivation',
      access: 'people:manage',
      summary: 'Lock the account and end its sign-ins; nothing is deleted',
      input: Type.Object({ userId }),
      output: Person
    },
    reactivatePerson: {
      method: 'DELETE',
      path: '/people/:userId/deactivation',
      access: 'people:manage',
      summary: 'Unlock the account',
      input: Type.Object({ userId }),
      output: Person
    },
    resendInvitation: {
      method: 'POST',
      path: '/people/:userId/invitation',
      access: 'people:manage',
      status: 202,
      summary: 'Send the invitation again; the old link ends',
      input: Type.Object({ userId }),
      output: Done
    },
    explainPermissions: {
      method: 'GET',
      path: '/people/:userId/permissions',
      access: 'people:manage',
      summary: 'What a person may do, and because of what',
      input: Type.Object({ userId }),
      output: Type.Object({ permissions: Type.Array(Explanation) })
    },
    listIdentityProviders: {
      method: 'GET',
      path: '/identity-providers',
      access: 'school:manage',
      summary: 'Single sign-on of the school',
      input: Nothing,
      output: Type.Object({ entries: Type.Array(IdentityProvider) })
    },
    createIdentityProvider: {
      method: 'POST',
      path: '/identity-providers',
      access: 'school:manage',
      status: 201,
      summary: 'Add a provider; its metadata is fetched and checked',
      input: Type.Object({
        name: line(80),
        kind: oneOf(['oidc', 'firebase']),
        issuer: Type.Optional(Type.String({ maxLength: 500 })),
        clientId: Type.Optional(Type.String({ maxLength: 300 })),
        clientSecret: Type.Optional(Type.String({ maxLength: 500 })),
        projectId: Type.Optional(Type.String({ maxLength: 100 })),
        createAccounts: Type.Boolean()
      }),
      output: IdentityProvider
    },
    updateIdentityProvider: {
      method: 'PATCH',
      path: '/identity-providers/:providerId',
      access: 'school:manage',
      ifMatch: true,
      summary: 'Change or switch a provider off',
      input: Type.Object({
        providerId: Id,
        name: Type.Optional(line(80)),
        clientId: Type.Optional(Type.String({ maxLength: 300 })),
        clientSecret: Type.Optional(Type.String({ maxLength: 500 })),
        createAccounts: Type.Optional(Type.Boolean()),
        enabled: Type.Optional(Type.Boolean())
      }),
      output: IdentityProvider
    },
    deleteIdentityProvider: {
      method: 'DELETE',
      path: '/identity-providers/:providerId',
      access: 'school:manage',
      summary: 'Remove a provider',
      input: Type.Object({ providerId: Id }),
      output: Done
    },
    listTenants: {
      method: 'GET',
      path: '/operator/tenants',
      access: 'operator:tenants',
      summary: 'Every school of this installation',
      input: Type.Object({ ...pageInput }),
      output: pageOf(Tenant)
    },
    createTenant: {
      method: 'POST',
      path: '/operator/tenants',
      access: 'operator:tenants',
      status: 201,
      summary: 'Create a school and invite its first administrator',
      input: Type.Object({
        name: line(120),
        slug: Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$' }),
        hosts: Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems: 20 }),
        administratorName: line(),
        administratorEmail: Email
      }),
      output: Tenant
    },
    updateTenant: {
      method: 'PATCH',
      path: '/operator/tenants/:tenantId',
      access: 'operator:tenants',
      ifMatch: true,
      summary: 'Rename, change hosts, suspend or resume a school',
      input: Type.Object({
        tenantId: Id,
        name: Type.Optional(line(120)),
        hosts: Type.Optional(Type.Array(Type.String({ maxLength: 253 }), { minItems: 1, maxItems: 20 })),
        status: Type.Optional(oneOf(['active', 'suspended']))
      }),
      output: Tenant
    },
    lookUpPeople: {
      method: 'POST',
      path: '/internal/people/look-up',
      access: 'internal',
      summary: 'Accounts by id or e-mail address',
      bodyLimit: 8 * 1024 * 1024,
      input: Type.Object({ userIds: Type.Optional(Type.Array(Id)), emails: Type.Optional(Type.Array(Type.String())) }),
      output: Type.Object({ people: Type.Array(Person) })
    },
    ensurePeople: {
      method: 'POST',
      path: '/internal/people/ensure',
      access: 'internal',
      bodyLimit: 8 * 1024 * 1024,
      summary: 'Find or create accounts by e-mail; new ones are invited unless told otherwise',
      input: Type.Object({
        people: Type.Array(Type.Object({ email: Email, name: line(), role: SchoolRole })),
        invite: Type.Boolean(),
        /** For accounts made by signing up through a join link: active at once with this password. */
        password: Type.Optional(Password)
      }),
      output: Type.Object({ people: Type.Array(Type.Object({ ...Person.properties, created: Type.Boolean() })) })
    },
    removeUnusedPeople: {
      method: 'POST',
      path: '/internal/people/remove-unused',
      access: 'internal',
      bodyLimit: 8 * 1024 * 1024,
      summary: 'Delete accounts that nobody has used yet (undo of an import)',
      input: Type.Object({ userIds: Type.Array(Id) }),
      output: Type.Object({ removed: Type.Array(Id) })
    }
  }
})

export const PersonChanged = defineEvent(
  'user.person-changed',
  Type.Object({
    userId: Id,
    name: Type.String(),
    email: Type.String(),
    role: SchoolRole,
    status: PersonStatus,
    locale: nullable(Locale),
    isNew: Type.Optional(Type.Boolean())
  })
)

/** A message with a secret link is due; the secret travels to the mail only, never to a log. */
export const MailRequested = defineEvent(
  'user.mail-requested',
  Type.Object({
    template: oneOf(['invitation', 'password-reset', 'password-changed', 'email-verification', 'sign-in-link']),
    to: Type.String(),
    name: Type.String(),
    locale: Locale,
    values: Type.Record(Type.String(), Type.String())
  })
)
