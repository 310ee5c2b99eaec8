import { answerOrder } from '@lyceum/platform/backup/answer-order'
import { verifyInstallation } from '@lyceum/platform/backup/verify'
import { allMigrations } from '../migrations.ts'
import { tryCopy } from './try-copy.ts'

/** Tries out the newest set, in a process that the server starts and gives little of the machine. */
answerOrder(async ({ config, home, ownerUrl }) => {
  const { setId, verdict, why, rpoSeconds, rtoSeconds, mended, faults } = await verifyInstallation({
    config,
    home,
    ownerUrl,
    migrations: allMigrations(),
    tryOut: tryCopy,
    tell: () => undefined
  })
  return {
    ok: true,
    message: `set ${setId} was restored and used: ${rpoSeconds} s would be lost, coming back would take ${rtoSeconds} s`,
    faults: [
      ...(verdict === 'proven' ? [] : [`set ${setId} is not proven: ${why}`]),
      ...mended.map((what) => `${what} was damaged, and is whole again`),
      ...faults
    ]
  }
})
