import { fileURLToPath } from 'node:url'
import { configEnvFile, configMarkdown } from '@lyceum/platform/config-reference'

const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** What operators read about settings; `npm test` fails when the committed files differ. */
export const generatedReference = () => [
  { path: path('docs/operators/configuration.md'), text: configMarkdown() },
  { path: path('.env.example'), text: configEnvFile() }
]
