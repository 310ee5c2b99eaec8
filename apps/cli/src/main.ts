import { ConfigRefused } from '@lyceum/platform/config'
import { Command } from 'commander'
import { demoCommand } from './commands/demo.ts'
import { startCommands } from './commands/start.ts'

const program = new Command('lyceum')
  .description('A learning platform that runs itself.')
  .configureHelp({ sortSubcommands: false })
  .showHelpAfterError('(lyceum <command> --help explains a command)')
for (const command of [...startCommands(), demoCommand()]) program.addCommand(command)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigRefused ? error.message : error instanceof Error ? error.message : String(error)}\n`
  )
  process.exitCode = 1
}
