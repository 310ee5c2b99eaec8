import { withoutSecrets } from './environment.ts'
import { outcomeOf } from './outcome.ts'
import { createProgram } from './program.ts'
import { styled } from './terminal.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  const { exitCode, code, message } = outcomeOf(error)
  if (message !== '') {
    const isJson = wantsJson(process.argv)
    const said = withoutSecrets(message)
    if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message: said } })}\n`)
    else process.stderr.write(`${styled('red', 'lyceum:', process.stderr)} ${said}\n`)
  }
  if (process.env.LYCEUM_DEBUG && error instanceof Error) process.stderr.write(`${withoutSecrets(error.stack ?? '')}\n`)
  process.exitCode = exitCode
}

/** Asked before the command line is understood: what is wrong may be the command line. */
function wantsJson(words: readonly string[]): boolean {
  const wanted = ['--json', '-ojson', '--output=json']
  return words.some(
    (word, at) => wanted.includes(word) || (['-o', '--output'].includes(word) && words[at + 1] === 'json')
  )
}
