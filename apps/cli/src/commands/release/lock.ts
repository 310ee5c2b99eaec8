import { resolve } from 'node:path'
import { Command } from 'commander'
import { exitCodes } from '../../outcome.ts'
import type { Holding } from '../../release/journal/lease.ts'
import { openKeeping } from '../../release/open-target.ts'
import { answer } from '../../terminal.ts'
import { outputOption, WAYS, whoAmI } from './place.ts'

interface LockOptions {
  readonly root: string
  readonly target: string
  readonly output: 'text' | 'json'
  readonly by?: string
  readonly message: string
}

export function lockCommand(): Command {
  const lock = new Command('lock')
    .description('who may release: one at a time, or nobody for a while')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum lock status\n  $ lyceum lock acquire -m "moving the database tonight"'
    )
  const at = (command: Command) =>
    command
      .option('--root <folder>', 'what the installation was put into', '/srv/lyceum')
      .option('--target <way>', WAYS, 'host')
      .addOption(outputOption())
  at(lock.command('status'))
    .description('who has it and why; exits with 75 when somebody does')
    .addHelpText('after', '\nExamples:\n  $ lyceum lock status || echo "not now"')
    .action(async ({ output, ...options }: LockOptions) => {
      const { lock } = await open(options)
      const holding = await lock.status()
      if (holding !== null) process.exitCode = exitCodes.busy
      answer(output === 'json', { holding }, () => (holding === null ? 'Nobody has it.' : inWords(holding)))
    })
  at(lock.command('acquire'))
    .description('keep everybody from releasing until you give it back')
    .requiredOption('-m, --message <text>', 'why; everybody who is refused reads it')
    .option('--by <name>', 'who takes it; your name on this machine where none is given')
    .addHelpText(
      'after',
      '\nIt does not expire and is never waited out.\n\nExamples:\n  $ lyceum lock acquire -m "exam week, no releases"'
    )
    .action(async ({ output, by, message, ...options }: LockOptions) => {
      const { lock } = await open(options)
      const { fence } = await lock.acquire({ holder: whoAmI(by), reason: message, manual: true })
      answer(output === 'json', { number: fence }, () => 'Taken. Give it back: lyceum lock release')
    })
  at(lock.command('release'))
    .description('give it back, or clear away what somebody left')
    .addHelpText(
      'after',
      '\nA release under way whose lock is cleared stops at its next line and can be resumed.\n\nExamples:\n  $ lyceum lock release'
    )
    .action(async ({ output, ...options }: LockOptions) => {
      const { lock } = await open(options)
      const holding = await lock.clear()
      answer(output === 'json', { was: holding }, () =>
        holding === null ? 'Nobody had it.' : `Given back. It was ${inWords(holding)}`
      )
    })
  return lock
}

const open = ({ root, target }: Pick<LockOptions, 'root' | 'target'>) => openKeeping(target, resolve(root))

const inWords = ({ holder, reason, since, pid, host, manual, expiresAt }: Holding): string =>
  `${holder} has it since ${since}: ${reason} (${manual ? 'by hand' : `process ${pid} on ${host}, until ${expiresAt}`})`
