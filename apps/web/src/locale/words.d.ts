import 'i18next'
import type account from './en/account.json'
import type admin from './en/admin.json'
import type auth from './en/auth.json'
import type learn from './en/learn.json'
import type people from './en/people.json'
import type problem from './en/problem.json'
import type shell from './en/shell.json'
import type teach from './en/teach.json'
import type ui from './en/ui.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell'
    returnNull: false
    resources: {
      account: typeof account
      admin: typeof admin
      auth: typeof auth
      learn: typeof learn
      people: typeof people
      problem: typeof problem
      shell: typeof shell
      teach: typeof teach
      ui: typeof ui
    }
  }
}
