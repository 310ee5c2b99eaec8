import type { TryOut } from '@lyceum/platform/backup/try-out'
import { createLog } from '@lyceum/platform/log'
import { answerUnknownRoutes } from '@lyceum/platform/problem'
import { createVisitor } from '@lyceum/platform/visitor'
import { makeSyntheticSchool } from '@lyceum/user/synthetic-school'
import { compose } from '../compose.ts'
import { prepareSurroundings } from '../surroundings.ts'

const PROBE = 'sign-in'

/**
 * Starts the product over a copy, at a port that nobody knows, and lets people who do not exist sign in. Jobs do not run, and what
 * is written stays in the copy.
 */
export const tryCopy: TryOut = async ({ config }) => {
  const hidden: string[] = []
  // What the copy has to complain about is thrown; its log would stand in the log of what serves.
  const log = createLog({ level: 'error', release: config.RELEASE, secrets: () => hidden, write: () => undefined })
  const { surroundings } = await prepareSurroundings(config, log, (secret) => hidden.push(secret))
  const product = await compose({ ...surroundings, hidden })
  try {
    answerUnknownRoutes(product.app)
    const address = await product.app.listen({ port: 0, host: '127.0.0.1' })
    const { runtime } = product
    const probe = runtime.modules.flatMap(({ probes }) => probes).find(({ name }) => name === PROBE)
    if (probe === undefined) throw new Error(`No module has the probe ${PROBE}`)
    const { host, teacher, learner } = await makeSyntheticSchool(runtime)
    await probe.run({
      teacher: createVisitor(address, host, teacher),
      learner: createVisitor(address, host, learner)
    })
  } finally {
    await product.close()
  }
}
