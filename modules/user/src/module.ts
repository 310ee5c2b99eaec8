import { counter } from '@lyceum/platform/counter'
import { defineModule, type Module, onJob, type Schedule } from '@lyceum/platform/module'
import type { Tables } from './context.ts'
import { PersonChanged, userContract } from './contract.ts'
import { sendEmailVerification } from './email-verification/send-email-verification.ts'
import { verifyEmail } from './email-verification/verify-email.ts'
import { createIdentityProvider } from './identity-provider/create-identity-provider.ts'
import { deleteIdentityProvider } from './identity-provider/delete-identity-provider.ts'
import { listIdentityProviders } from './identity-provider/list-identity-providers.ts'
import { createOpenIdClients } from './identity-provider/openid-clients.ts'
import { RenewSeals, renewSeals } from './identity-provider/renew-seals.ts'
import { createSeal } from './identity-provider/seal.ts'
import { updateIdentityProvider } from './identity-provider/update-identity-provider.ts'
import { acceptInvitation } from './invitation/accept-invitation.ts'
import { getInvitation } from './invitation/get-invitation.ts'
import { changePassword } from './me/change-password.ts'
import { endAllSignIns } from './me/end-all-sign-ins.ts'
import { endSignIn } from './me/end-sign-in.ts'
import { getMe } from './me/get-me.ts'
import { listSignIns } from './me/list-sign-ins.ts'
import { updateMe } from './me/update-me.ts'
import { getPasswordReset } from './password-reset/get-password-reset.ts'
import { requestPasswordReset, SendPasswordReset, sendPasswordReset } from './password-reset/request-password-reset.ts'
import { resetPassword } from './password-reset/reset-password.ts'
import { deactivatePerson } from './person/deactivate-person.ts'
import { ensurePeople } from './person/ensure-people.ts'
import { explainPermissions } from './person/explain-permissions.ts'
import { getPerson } from './person/get-person.ts'
import { invitePerson } from './person/invite-person.ts'
import { listPeople } from './person/list-people.ts'
import { lookUpPeople } from './person/look-up-people.ts'
import { reactivatePerson } from './person/reactivate-person.ts'
import { removeUnusedPeople } from './person/remove-unused-people.ts'
import { resendInvitation } from './person/resend-invitation.ts'
import { updatePerson } from './person/update-person.ts'
import { finishProviderSignIn } from './provider-sign-in/finish-provider-sign-in.ts'
import { createFirebaseTokens } from './provider-sign-in/firebase-tokens.ts'
import { signInWithFirebase } from './provider-sign-in/sign-in-with-firebase.ts'
import { startProviderSignIn } from './provider-sign-in/start-provider-sign-in.ts'
import { peopleActive } from './release/impact.ts'
import { signInProbe } from './release/probes.ts'
import { getSchool } from './school/get-school.ts'
import { updateSchool } from './school/update-school.ts'
import type { UserServices } from './services.ts'
import { ExpireOld, expireOld } from './sign-in/expire-old.ts'
import { refresh } from './sign-in/refresh.ts'
import { signIn } from './sign-in/sign-in-with-password.ts'
import { signOut } from './sign-in/sign-out.ts'
import { signUp } from './sign-in/sign-up.ts'
import { createTenant } from './tenant/create-tenant.ts'
import { listTenants } from './tenant/list-tenants.ts'
import { updateTenant } from './tenant/update-tenant.ts'

export const userModule = (services: UserServices): Module => {
  const { tokens, revocations, publicUrl, keys, clock } = services
  const seal = createSeal(keys, clock)
  const clients = createOpenIdClients(services)
  return defineModule<typeof userContract, Tables>({
    contract: userContract,
    operations: {
      signIn: signIn(services),
      refresh: refresh(tokens),
      signOut: signOut(revocations),
      signUp: signUp(services),
      requestPasswordReset: requestPasswordReset(publicUrl),
      getPasswordReset,
      resetPassword: resetPassword(services),
      sendEmailVerification: sendEmailVerification(publicUrl),
      verifyEmail,
      startProviderSignIn: startProviderSignIn(clients),
      finishProviderSignIn: finishProviderSignIn(services, clients),
      signInWithFirebase: signInWithFirebase(services, createFirebaseTokens(services)),
      getMe,
      updateMe,
      changePassword: changePassword(services),
      listSignIns,
      endSignIn: endSignIn(revocations),
      endAllSignIns: endAllSignIns(revocations),
      getInvitation,
      acceptInvitation: acceptInvitation(tokens),
      getSchool: getSchool(services),
      updateSchool: updateSchool(services),
      listPeople,
      invitePerson: invitePerson(publicUrl),
      getPerson,
      updatePerson: updatePerson(revocations),
      deactivatePerson: deactivatePerson(revocations),
      reactivatePerson,
      resendInvitation: resendInvitation(publicUrl),
      explainPermissions,
      listIdentityProviders,
      createIdentityProvider: createIdentityProvider(clients, seal),
      updateIdentityProvider: updateIdentityProvider(seal),
      deleteIdentityProvider,
      listTenants: listTenants(services),
      createTenant: createTenant(services),
      updateTenant: updateTenant(services),
      lookUpPeople,
      ensurePeople: ensurePeople(publicUrl),
      removeUnusedPeople
    },
    jobs: [
      onJob(SendPasswordReset, sendPasswordReset),
      onJob(ExpireOld, expireOld),
      onJob(RenewSeals, renewSeals(seal))
    ],
    probes: [signInProbe],
    counters: [
      counter(PersonChanged, 'lyceum_registrations_total', 'New accounts, by school', ({ isNew }) =>
        isNew === true ? 1 : 0
      )
    ],
    impact: peopleActive
  })
}

export const userSchedules: readonly Schedule[] = [
  // Hourly, because the list of revocations is read whole every few seconds.
  { job: ExpireOld, cron: '10 * * * *' },
  // Hourly, so that the key before is not needed much longer after an exchange than tokens live.
  { job: RenewSeals, cron: '40 * * * *' }
]
