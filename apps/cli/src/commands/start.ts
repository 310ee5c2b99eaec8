import { readConfig } from '@lyceum/platform/config'
import { demoSignIns } from '@lyceum/server/demo'
import type { Running } from '@lyceum/server/start'
import { Command } from 'commander'
import { readEnvironment } from '../environment.ts'
import { styled, table, tell } from '../terminal.ts'

export function startCommands(): Command[] {
  const start = new Command('start')
    .description('bring up the whole product; on the first start with a demo school (outside production)')
    .addHelpText(
      'after',
      `
The first start creates a database and demo schools in LYCEUM_HOME (./.lyceum), later ones take seconds. Ctrl-C stops in
order. On a terminal the log is text, otherwise JSON lines on standard output (LOG_FORMAT).

Examples:
  $ lyceum start
  $ PORT=8080 LYCEUM_HOME=/var/lib/lyceum lyceum start`
    )
    .action(() => run({ targets: ['all'], fromSources: false }))
  const dev = new Command('dev')
    .description('the same from sources, with hot reload of screens')
    .addHelpText('after', '\nExamples:\n  $ lyceum dev')
    .action(() => run({ targets: ['all'], fromSources: true }))
  const serve = new Command('serve')
    .description('serve everything, or part of it')
    .option(
      '--target <names>',
      'what this process does, separated by commas: all, web, worker, user, course, file, notification, system',
      'all'
    )
    .addHelpText(
      'after',
      `
Examples:
  $ lyceum serve --target web,user,course,file,notification,system      answers requests, runs no jobs
  $ lyceum serve --target worker                                        runs jobs, answers only health checks`
    )
    .action(({ target }: { target: string }) =>
      run({ targets: target.split(',').map((name) => name.trim()), fromSources: false })
    )
  return [start, dev, serve]
}

export function buildCommand(): Command {
  return new Command('build')
    .description('build the web app, if its sources changed since')
    .addHelpText('after', '\nExamples:\n  $ lyceum build')
    .action(async () => {
      const { ensureWebBuild } = await import('@lyceum/server/web-build')
      tell((await ensureWebBuild(tell)) ? 'Built.' : 'The web app is up to date.')
    })
}

async function run({ targets, fromSources }: { targets: readonly string[]; fromSources: boolean }): Promise<void> {
  const config = readConfig(readEnvironment())
  const [{ startProduct }, { default: closeWithGrace }] = await Promise.all([
    import('@lyceum/server/start'),
    import('close-with-grace')
  ])
  const hasDemo = config.LYCEUM_ENV === 'development' && targets.includes('all')
  const running = await startProduct({
    config,
    targets,
    fromSources,
    tell,
    beforeListening: async (product, { home, publicUrl }) => {
      if (!hasDemo) return
      const { makeDemoSchools } = await import('@lyceum/server/make-demo')
      await makeDemoSchools(product, home, publicUrl, tell)
    }
  })
  const grace =
    config.SHUTDOWN_WAIT_SECONDS +
    config.SHUTDOWN_SECONDS +
    Math.max(config.SHUTDOWN_LONG_SECONDS, config.SHUTDOWN_SPREAD_SECONDS)
  closeWithGrace({ delay: grace * 1000 + 5_000, logger: running.log }, async ({ err }) => {
    if (err) running.log.error({ err }, 'stopping after an error')
    await running.stop()
  })
  announce(running, hasDemo)
}

function announce({ url }: Running, hasDemo: boolean): void {
  const paint = (style: Parameters<typeof styled>[0], text: string) => styled(style, text, process.stderr)
  tell(`\n${paint('green', 'Lyceum is ready at')} ${paint(['bold', 'underline'], url)}\n`)
  if (!hasDemo) return
  for (const { host, users } of demoSignIns(new URL(url))) {
    tell(`  ${paint('bold', `http://${host}`)}`)
    tell(
      table(users.map(({ role, email, password }) => [role, email, password]))
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n')
    )
    tell('')
  }
  tell(paint('dim', '  These sign-ins are for trying it out; production has none. Stop with Ctrl-C.\n'))
}
