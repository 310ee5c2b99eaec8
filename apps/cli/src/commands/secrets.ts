import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { answer } from '../terminal.ts'

const NAMES = [
  'TOKEN_SECRET',
  'FILE_SECRET',
  'PIN_SECRET',
  'SERVICE_SECRET_KEY',
  'DATABASE_APP_PASSWORD',
  'DATABASE_JOBS_PASSWORD'
] as const

export function secretsCommand(): Command {
  const secrets = new Command('secrets')
    .description('make the secrets that production asks for')
    .addHelpText('after', '\nExamples:\n  $ lyceum secrets generate >> .env')
  secrets
    .command('generate')
    .description('fresh random values, as lines for a .env file; nothing is stored')
    .option('--json', 'as one JSON object')
    .addHelpText(
      'after',
      '\nNew values for a running installation sign everybody out and end signed addresses.\n\nExamples:\n  $ umask 077 && lyceum secrets generate >> .env'
    )
    .action(({ json }: { json?: boolean }) => {
      const made = NAMES.map((name) => [name, randomBytes(32).toString('base64url')] as const)
      answer(json, Object.fromEntries(made), () => made.map(([name, value]) => `${name}=${value}`).join('\n'))
    })
  return secrets
}
