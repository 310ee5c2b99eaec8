import { defineContract } from '@lyceum/platform/contract'
import { defineModule, type Module } from '@lyceum/platform/module'
import type { Tables } from './context.ts'
import { userContract } from './contract.ts'
import { acceptInvitation } from './invitation/accept-invitation.ts'
import { getInvitation } from './invitation/get-invitation.ts'
import { getMe } from './me/get-me.ts'
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
import { getSchool } from './school/get-school.ts'
import { updateSchool } from './school/update-school.ts'
import type { UserServices } from './services.ts'
import { refresh } from './sign-in/refresh.ts'
import { signIn } from './sign-in/sign-in-with-password.ts'
import { signOut } from './sign-in/sign-out.ts'
import { createTenant } from './tenant/create-tenant.ts'
import { listTenants } from './tenant/list-tenants.ts'
import { updateTenant } from './tenant/update-tenant.ts'

const {
  signUp: _signUp,
  requestPasswordReset: _requestPasswordReset,
  getPasswordReset: _getPasswordReset,
  resetPassword: _resetPassword,
  sendEmailVerification: _sendEmailVerification,
  verifyEmail: _verifyEmail,
  startProviderSignIn: _startProviderSignIn,
  finishProviderSignIn: _finishProviderSignIn,
  signInWithFirebase: _signInWithFirebase,
  updateMe: _updateMe,
  changePassword: _changePassword,
  listSignIns: _listSignIns,
  endSignIn: _endSignIn,
  endAllSignIns: _endAllSignIns,
  listIdentityProviders: _listIdentityProviders,
  createIdentityProvider: _createIdentityProvider,
  updateIdentityProvider: _updateIdentityProvider,
  deleteIdentityProvider: _deleteIdentityProvider,
  ...operations
} = userContract.operations
const begun = defineContract({ module: 'user', operations })

export const userModule = (services: UserServices): Module => {
  const { tokens, revocations, publicUrl } = services
  return defineModule<typeof begun, Tables>({
    contract: begun,
    operations: {
      signIn: signIn(tokens),
      refresh: refresh(tokens),
      signOut: signOut(revocations),
      getMe,
      getInvitation,
      acceptInvitation: acceptInvitation(tokens),
      getSchool,
      updateSchool,
      listPeople,
      invitePerson: invitePerson(publicUrl),
      getPerson,
      updatePerson: updatePerson(revocations),
      deactivatePerson: deactivatePerson(revocations),
      reactivatePerson,
      resendInvitation: resendInvitation(publicUrl),
      explainPermissions,
      listTenants: listTenants(services),
      createTenant: createTenant(services),
      updateTenant: updateTenant(services),
      lookUpPeople,
      ensurePeople: ensurePeople(publicUrl),
      removeUnusedPeople
    }
  })
}
