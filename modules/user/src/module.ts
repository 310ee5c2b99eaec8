import { defineContract } from '@lyceum/platform/contract'
import { defineModule, type Module } from '@lyceum/platform/module'
import type { Tables } from './context.ts'
import { userContract } from './contract.ts'
import { getMe } from './me/get-me.ts'
import type { UserServices } from './services.ts'
import { refresh } from './sign-in/refresh.ts'
import { signIn } from './sign-in/sign-in.ts'
import { signOut } from './sign-in/sign-out.ts'

const {
  signIn: signInOperation,
  refresh: refreshOperation,
  signOut: signOutOperation,
  getMe: getMeOperation
} = userContract.operations
const begun = defineContract({
  module: 'user',
  operations: { signIn: signInOperation, refresh: refreshOperation, signOut: signOutOperation, getMe: getMeOperation }
})

export const userModule = ({ tokens, revocations }: UserServices): Module =>
  defineModule<typeof begun, Tables>({
    contract: begun,
    operations: { signIn: signIn(tokens), refresh: refresh(tokens), signOut: signOut(revocations), getMe }
  })
