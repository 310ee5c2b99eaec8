import { Command } from 'commander'
import { anonymiseCommand } from './commands/anonymise.ts'
import { archiveCommand } from './commands/archive.ts'
import { backupCommand } from './commands/backup.ts'
import { cacheCommand } from './commands/cache.ts'
import { checksCommand } from './commands/checks.ts'
import { completionCommand } from './commands/completion.ts'
import { configCommand } from './commands/config.ts'
import { courseCommand } from './commands/course.ts'
import { databaseCommand } from './commands/database.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { drillCommand } from './commands/drill.ts'
import { eventsCommand } from './commands/events.ts'
import { freezeCommand } from './commands/freeze.ts'
import { helpCommand } from './commands/help.ts'
import { mailCommand } from './commands/mail.ts'
import { maintenanceCommand } from './commands/maintenance.ts'
import { migrateCommand } from './commands/migrate.ts'
import { modulesCommand } from './commands/modules.ts'
import { openapiCommand } from './commands/openapi.ts'
import { personCommand } from './commands/person.ts'
import { auditCommand } from './commands/release/audit.ts'
import { controlCommands, rollbackCommand, statusCommand, watchCommand } from './commands/release/control.ts'
import { deployCommand, planCommand } from './commands/release/deploy.ts'
import { lockCommand } from './commands/release/lock.ts'
import { releasesCommand, upgradeCheckCommand } from './commands/release/releases.ts'
import { healthCommand, impactCommand, validateCommand } from './commands/release/validate.ts'
import { diffCommand } from './commands/render.ts'
import { restoreCommand } from './commands/restore.ts'
import { scaleCommand } from './commands/scale.ts'
import { schoolCommand } from './commands/school.ts'
import { secretsCommand } from './commands/secrets.ts'
import { buildCommand, startCommands } from './commands/start.ts'
import { topicNames } from './topics.ts'

const groups: Readonly<Record<string, () => Command[]>> = {
  'Run:': () => [...startCommands(), buildCommand(), demoCommand()],
  'Look after:': () => [
    doctorCommand(),
    checksCommand(),
    migrateCommand(),
    freezeCommand(),
    maintenanceCommand(),
    configCommand(),
    diffCommand(),
    secretsCommand(),
    databaseCommand(),
    archiveCommand(),
    anonymiseCommand(),
    eventsCommand(),
    mailCommand(),
    cacheCommand(),
    backupCommand(),
    restoreCommand(),
    drillCommand()
  ],
  'Release:': () => [
    planCommand(),
    deployCommand(),
    statusCommand(),
    watchCommand(),
    ...controlCommands(),
    rollbackCommand(),
    releasesCommand(),
    upgradeCheckCommand(),
    validateCommand(),
    impactCommand(),
    healthCommand(),
    lockCommand(),
    scaleCommand(),
    auditCommand()
  ],
  'Schools, people, courses:': () => [schoolCommand(), personCommand(), courseCommand()],
  'Learn more:': () => [helpCommand(), openapiCommand(), modulesCommand(), completionCommand()]
}

/** Every command there is. Building it does nothing and loads nothing of the product. */
export function createProgram(): Command {
  const program = new Command('lyceum')
    .description('A learning platform that runs itself.')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Topics: ${topicNames.join(', ')}   (lyceum help <topic>)

Examples:
  $ lyceum start                             the whole product, with a demo school
  $ lyceum doctor                            is everything well? what to do if not
  $ lyceum course import ./my-course         make a course of a folder of Markdown`
    )
  for (const [group, commands] of Object.entries(groups))
    for (const command of commands()) program.addCommand(command.helpGroup(group))
  everyCommand(program, (command) => {
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .showHelpAfterError(`(lyceum ${pathOf(command)}--help explains it)`)
  })
  return program
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const child of command.commands) everyCommand(child, change)
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)}${command.name()} ` : ''
}
