import { outcomeOf } from './outcome.ts'
import { createProgram } from './program.ts'
import { styled } from './terminal.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  const { exitCode, code, message } = outcomeOf(error)
  if (message !== '') {
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
    else process.stderr.write(`${styled('red', 'lyceum:', process.stderr)} ${message}\n`)
  }
  if (process.env.LYCEUM_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exitCode = exitCode
}
