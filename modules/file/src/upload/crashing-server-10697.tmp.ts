
import { readConfig } from '@lyceum/platform/config'
import { createLog } from '@lyceum/platform/log'
import { systemClock } from '@lyceum/platform/clock'
import { compose } from "/work/wt/shape/apps/server/src/compose.ts"
const { home, url, port, person } = JSON.parse(process.argv[2])
const config = readConfig({ LYCEUM_HOME: home, LOG_LEVEL: 'silent' })
const log = createLog({ level: 'silent', release: 'test', secrets: () => [] })
const { app, users } = await compose({
  config, home, clock: systemClock, log, appUrl: url, jobsUrl: url,
  tokenSecret: 'a secret of the crashing server, long enough', fileSecret: 'a secret of the crashing server, long enough'
})
const token = await users.tokens.issue(person, new Date())
process.send({ origin: await app.listen({ port, host: '127.0.0.1' }), token })
