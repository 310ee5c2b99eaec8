import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '@lyceum/platform/config'
import { demoSignIns } from '@lyceum/server/demo'
import { RUNNING_FILE } from '@lyceum/server/start'
import { Command } from 'commander'
import { readEnvironment } from './start.ts'

/** Where the demo schools are and who can sign in. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('addresses and sign-ins of the demo schools')
    .option('--json', 'as one JSON object: {url, tenants: [{host, users: [{role, email, password}]}]}')
    .action(({ json = false }: { json?: boolean }) => {
      const config = readConfig(readEnvironment())
      if (config.LYCEUM_ENV === 'production') throw new Error('There is no demo school in production.')
      const url = new URL(config.PUBLIC_URL ?? `http://localhost:${runningPort(config.LYCEUM_HOME) ?? config.PORT}`)
      const tenants = demoSignIns(url)
      if (json) process.stdout.write(`${JSON.stringify({ url: url.origin, tenants })}\n`)
      else
        for (const { host, users } of tenants) {
          process.stdout.write(`http://${host}\n`)
          for (const { role, email, password } of users)
            process.stdout.write(`  ${role.padEnd(14)} ${email.padEnd(30)} ${password}\n`)
        }
    })
}

function runningPort(home: string): number | undefined {
  try {
    const running: unknown = JSON.parse(readFileSync(join(resolve(home), RUNNING_FILE), 'utf8'))
    const url = typeof running === 'object' && running !== null && 'url' in running ? String(running.url) : ''
    return URL.canParse(url) ? Number(new URL(url).port) : undefined
  } catch {
    return undefined
  }
}
