import { type Check, fault, ok } from './check.ts'

export const settings: Check = {
  what: 'settings',
  check: async ({ config, faults }) =>
    faults.length === 0
      ? ok(`right for ${config.LYCEUM_ENV}`)
      : fault(faults.join('; '), 'Correct them in the environment or in .env; “lyceum config docs” explains each.')
}
