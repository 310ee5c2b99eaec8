import { asksElsewhere, secretFiles } from '@lyceum/platform/load-secrets'
import { whereSecretsAre } from '@lyceum/platform/where-secrets-are'
import { demoSignIns } from '@lyceum/server/demo'
import { type Part, PORTS, PROCESSES, type ProcessName, partOf } from '@lyceum/server/processes'
import type { Running } from '@lyceum/server/start'
import { Argument, Command } from 'commander'
import { readEnvironment, readSettings } from '../environment.ts'
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
    .description('serve everything in this process, or one part of an installation of many')
    .addArgument(new Argument('[process]', 'the part this process plays').choices(PROCESSES))
    .option(
      '--target <names>',
      'stand alone and answer for some modules only, separated by commas: all, web, worker, user, course, file, notification, system',
      'all'
    )
    .addHelpText(
      'after',
      `
An installation of many processes has one database (DATABASE_URL) and one SERVICE_SECRET_KEY. People reach the gateway
alone; it finds the services at their usual ports of this machine, or where SERVICE_URLS says. PORT moves a process.

${table(PROCESSES.map((name) => [`  ${name}`, String(PORTS[name]), ABOUT[name]]))}

Examples:
  $ lyceum serve                             everything in one process
  $ lyceum serve gateway                     what people reach: screens, sign-in, the way to the services
  $ lyceum serve course                      one service
  $ lyceum serve worker                      jobs and reactions to events; several may run
  $ lyceum serve scheduler                   what happens by the clock; several may run, each thing happens once`
    )
    .action((name: ProcessName | undefined, { target }: { target: string }) =>
      name === undefined
        ? run({ targets: target.split(',').map((each) => each.trim()), fromSources: false })
        : run({ ...partOf(name), fromSources: false, usualPort: PORTS[name] })
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

const ABOUT: Readonly<Record<ProcessName, string>> = {
  gateway: 'screens, sign-in, rate limits, the way to the services',
  user: 'schools, people, sign-ins, and what the admin area shows of the system',
  course: 'courses, enrolment, progress',
  notification: 'notifications and mail',
  file: 'uploads and downloads',
  worker: 'jobs and reactions to events',
  scheduler: 'what happens by the clock'
}

interface Run {
  readonly targets: readonly string[]
  readonly part?: Part
  readonly fromSources: boolean
  /** Where PORT does not say otherwise. */
  readonly usualPort?: number | undefined
}

async function run({ targets, part, fromSources, usualPort }: Run): Promise<void> {
  const usual: Record<string, string> = usualPort === undefined ? {} : { PORT: String(usualPort) }
  const environment = readEnvironment()
  const config = await readSettings(usual)
  const [{ startProduct }, { default: closeWithGrace }] = await Promise.all([
    import('@lyceum/server/start'),
    import('close-with-grace')
  ])
  const hasDemo = config.LYCEUM_ENV === 'development' && targets.includes('all')
  const running = await startProduct({
    config,
    again: {
      read: () => readSettings(usual),
      files: () => ['.env', ...secretFiles(environment)],
      elsewhere: asksElsewhere(environment)
    },
    targets,
    part,
    fromSources,
    secretPlaces: await whereSecretsAre(environment),
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
