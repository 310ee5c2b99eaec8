import { inSteps } from '@lyceum/platform/module'
import type { UserSteps } from '../context.ts'
import type { School } from '../contract.ts'
import type { UserServices } from '../services.ts'
import { readSchool, withLogo } from './school.ts'

export const getSchool = ({ schools }: Pick<UserServices, 'schools'>) =>
  inSteps(
    async (steps: UserSteps, _: object): Promise<School> =>
      schools.get(steps.tenantId, async () => withLogo(steps, await steps.transact(readSchool)))
  )
