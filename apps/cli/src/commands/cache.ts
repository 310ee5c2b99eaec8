import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { withProduct } from '../installation.ts'
import { CommandFailed } from '../outcome.ts'
import { answer } from '../terminal.ts'

/** Redis may be connecting still. */
const ATTEMPTS = 25
const PAUSE_MS = 200

export function cacheCommand(): Command {
  const cache = new Command('cache')
    .description('what is kept in Redis to be fetched faster')
    .addHelpText('after', '\nExamples:\n  $ lyceum cache clear --tenant greenfield')
  cache
    .command('clear')
    .description('forget values kept in Redis; they are made again from the database')
    .option('--tenant <slug>', 'of one school only')
    .option('--json', 'as {cleared}')
    .addHelpText(
      'after',
      `
Never needed after a change made in Lyceum: for when somebody changed the database by hand. Limits on attempts and
sign-ins are not touched.

Examples:
  $ lyceum cache clear
  $ lyceum cache clear --tenant greenfield`
    )
    .action(async ({ tenant, json }: { tenant?: string; json?: boolean }) => {
      const { chooseSchool } = await import('../schools.ts')
      await withProduct(async (product, { config }) => {
        if (config.REDIS_URL === null && config.REDIS_SENTINELS.length === 0)
          throw new CommandFailed('cache.none', 'REDIS_URL is not set: nothing is kept, so nothing needs clearing.')
        const tenantId = tenant === undefined ? undefined : (await chooseSchool(product, tenant)).id
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const cleared = await product.cache.clear(tenantId)
          if (cleared !== undefined) return answer(json, { cleared }, () => `${cleared} values are forgotten.`)
          await sleep(PAUSE_MS)
        }
        throw new CommandFailed('cache.away', 'Redis does not answer. `lyceum doctor` and /api/health say more.')
      })
    })
  return cache
}
