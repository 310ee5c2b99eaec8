import type { DeadLetter } from '@lyceum/platform/dead-letters'
import { Command } from 'commander'
import { withProduct } from '../installation.ts'
import { CommandFailed } from '../outcome.ts'
import { answer } from '../terminal.ts'

interface Where {
  readonly school?: string
  readonly json?: boolean
}

export function eventsCommand(): Command {
  const events = new Command('events').description('events that a module could not react to').addHelpText(
    'after',
    `
A reaction is tried twelve times, ever further apart; then it waits here for a person, as under Jobs on the screens.

Examples:
  $ lyceum events dead
  $ lyceum events replay --all`
  )
  events
    .command('dead')
    .description('list reactions that were given up, with the last error')
    .option('--school <slug>', 'of one school only')
    .option('--json', 'as {dead: [{id, tenantId, eventId, name, subscriber, lastError, diedAt}]}')
    .addHelpText('after', '\nExamples:\n  $ lyceum events dead --school greenfield')
    .action(({ school, json }: Where) =>
      withLetters(school, async ({ list }) => {
        const dead = await list()
        answer(json, { dead }, () => (dead.length === 0 ? 'Nothing is dead.' : dead.map(inWords).join('\n')))
      })
    )
  events
    .command('replay')
    .description('have dead reactions tried again')
    .argument('[ids...]', 'which, as `lyceum events dead` lists them')
    .option('--all', 'every one')
    .option('--school <slug>', 'of one school only')
    .option('--json', 'as {replayed}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lyceum events replay 4711\n  $ lyceum events replay --all --school greenfield'
    )
    .action((ids: readonly string[], { all, school, json }: Where & { all?: boolean }) => {
      if ((ids.length === 0) === (all !== true))
        throw new CommandFailed('events.unclear', 'Name the ids to replay, or give --all; not both.')
      const wrong = ids.find((id) => !/^\d{1,18}$/.test(id))
      if (wrong !== undefined)
        throw new CommandFailed('events.unclear', `${wrong} is no id. \`lyceum events dead\` lists them.`)
      return withLetters(school, async ({ replay }) => {
        const replayed = await replay(all ? undefined : ids)
        answer(json, { replayed }, () => `${replayed} will be tried again now.`)
      })
    })
  return events
}

interface Letters {
  list(): Promise<readonly DeadLetter[]>
  replay(ids: readonly string[] | undefined): Promise<number>
}

async function withLetters(school: string | undefined, work: (letters: Letters) => Promise<void>): Promise<void> {
  const [{ listDeadLetters, replayDeadLetters }, { chooseSchool }] = await Promise.all([
    import('@lyceum/platform/dead-letters'),
    import('../schools.ts')
  ])
  await withProduct(async (product) => {
    const tenantId = school === undefined ? null : (await chooseSchool(product, school)).id
    const { pool } = product.worker
    await work({
      list: () => listDeadLetters(pool, tenantId),
      replay: (ids) => replayDeadLetters(pool, tenantId, ids)
    })
  })
}

const inWords = ({ id, name, subscriber, diedAt, lastError }: DeadLetter): string =>
  `${id}  ${diedAt}  ${name} → ${subscriber}\n    ${lastError ?? 'no error is known'}`
