import { fileURLToPath } from 'node:url'
import { configEnvFile, configMarkdown } from '@lyceum/platform/config-reference'
import { problemCodes } from './problem-codes.ts'

const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** What operators read about settings, and callers about problems; `npm test` fails when the committed files differ. */
export const generatedReference = () => [
  { path: path('docs/operators/configuration.md'), text: configMarkdown() },
  { path: path('.env.example'), text: configEnvFile() },
  { path: path('apps/server/src/problems.tsv'), text: problemLines() }
]

const problemLines = (): string =>
  problemCodes()
    .map(({ code, status, detail }) => `${code}\t${status}\t${detail}\n`)
    .join('')
