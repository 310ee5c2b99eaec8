import { inSteps } from '@lyceum/platform/module'
import type { UserSteps } from '../context.ts'
import type { School } from '../contract.ts'
import { readSchool, withLogo } from './school.ts'

export const getSchool = inSteps(
  async (steps: UserSteps, _: object): Promise<School> => withLogo(steps, await steps.transact(readSchool))
)
