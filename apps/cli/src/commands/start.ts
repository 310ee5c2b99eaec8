import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readConfig } from '@lyceum/platform/config'
import { demoSignIns } from '@lyceum/server/demo'
import { makeDemoSchools } from '@lyceum/server/make-demo'
import { type Running, startProduct } from '@lyceum/server/start'
import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'

/** Settings from the environment; a `.env` in this folder fills in what is not set there. */
export function readEnvironment(): Record<string, string | undefined> {
  return { ...(existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {}), ...process.env }
}

export function startCommands(): Command[] {
  const start = new Command('start')
    .description('bring up the whole product; on the first start with a demo school (outside production)')
    .action(() => run({ targets: ['all'], fromSources: false }))
  const dev = new Command('dev')
    .description('the same from sources, with hot reload of screens')
    .action(() => run({ targets: ['all'], fromSources: true }))
  const serve = new Command('serve')
    .description('serve everything, or part of it')
    .option(
      '--target <names>',
      'what this process does, separated by commas: all, web, worker, user, course, file, notification, system',
      'all'
    )
    .action(({ target }: { target: string }) =>
      run({ targets: target.split(',').map((name) => name.trim()), fromSources: false })
    )
  return [start, dev, serve]
}

async function run({ targets, fromSources }: { targets: readonly string[]; fromSources: boolean }): Promise<void> {
  const config = readConfig(readEnvironment())
  const tell = (line: string) => process.stderr.write(`${line}\n`)
  const running = await startProduct({
    config,
    targets,
    fromSources,
    tell,
    beforeListening: async (product, { home, publicUrl }) => {
      if (config.LYCEUM_ENV === 'development') await makeDemoSchools(product, home, publicUrl, tell)
    }
  })
  closeWithGrace({ delay: config.SHUTDOWN_SECONDS * 1000 + 5_000, logger: running.log }, async ({ err }) => {
    if (err) running.log.error({ err }, 'stopping after an error')
    await running.stop()
  })
  announce(running, tell)
}

function announce({ url, config }: Running, tell: (line: string) => void): void {
  tell(`\nLyceum is ready at ${url}\n`)
  if (config.LYCEUM_ENV !== 'development') return
  for (const { host, users } of demoSignIns(new URL(url))) {
    tell(`  ${host}`)
    for (const { role, email, password } of users) tell(`    ${role.padEnd(14)} ${email.padEnd(30)} ${password}`)
  }
  tell('')
}
