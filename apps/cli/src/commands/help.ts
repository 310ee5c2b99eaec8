import { Command } from 'commander'
import { CommandFailed, exitCodes } from '../outcome.ts'
import { topicNames, topics } from '../topics.ts'

/** `lyceum help`, `lyceum help migrate up`, `lyceum help exit-codes`. */
export function helpCommand(): Command {
  return new Command('help')
    .description('explain a command or a topic')
    .argument('[words...]', `a command, or one of: ${topicNames.join(', ')}`)
    .addHelpText(
      'after',
      `\nTopics:\n${topics.map(({ name, about }) => `  ${name.padEnd(14)} ${about}`).join('\n')}\n\nExamples:\n  $ lyceum help migrate up\n  $ lyceum help exit-codes`
    )
    .action((words: string[], _options: object, self: Command) => {
      const program = self.parent ?? self
      const topic = topics.find(({ name }) => words.length === 1 && name === words[0])
      if (topic) process.stdout.write(`${topic.text}\n`)
      else process.stdout.write(find(program, words).helpInformation())
    })
}

function find(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const child = command.commands.find((one) => one.name() === word)
    if (child) return child
    throw new CommandFailed(
      'help.unknown',
      `There is no command or topic “${words.join(' ')}”. Commands: ${program.commands.map((one) => one.name()).join(', ')}. Topics: ${topicNames.join(', ')}.`,
      exitCodes.usage
    )
  }, program)
}
