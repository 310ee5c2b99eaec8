import { type Setting, settings } from './settings.ts'

/** One row of the reference: what an operator may write, and what holds when nothing is written. */
export interface SettingDescription {
  readonly name: string
  readonly about: string
  readonly kind: Setting<unknown>['kind']
  readonly secret: boolean
  readonly default: string
}

export const describeSettings = (): SettingDescription[] =>
  Object.entries(settings).map(([name, setting]) => ({
    name,
    about: setting.about,
    kind: setting.kind,
    secret: 'secret' in setting,
    default: asText(setting.default)
  }))

/** The reference as Markdown: docs/operators/configuration.md. */
export function configMarkdown(): string {
  const rows = describeSettings().map(
    ({ name, about, kind, secret, default: value }) =>
      `| \`${name}\` | ${kind}${secret ? ', secret' : ''} | ${value === '' ? '' : `\`${value}\``} | ${about.replaceAll('|', '\\|')} |`
  )
  return `<!-- Written by \`npm run generate\` from platform/src/config/settings.ts; do not edit. -->

# Configuration

Lyceum reads its settings from environment variables; a file \`.env\` in the working directory fills in what is not set
there. Every setting has a default that works for trying Lyceum out. In production some are required, and starting without
them names every one that is missing. \`lyceum config check\` does the same without starting, and \`lyceum config show\`
prints what is in force, with secrets left out.

A secret may also be read from a file: set \`<NAME>_FILE\` to its path instead of \`<NAME>\`.

| Setting | Kind | Default | What it does |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** The same as a file to copy: .env.example. */
export function configEnvFile(): string {
  const entries = describeSettings().map(
    ({ name, about, secret, default: value }) =>
      `# ${about}${secret ? ` (secret; or ${name}_FILE)` : ''}\n# ${name}=${/[\s<>#"']/.test(value) ? `"${value}"` : value}\n`
  )
  return `# Written by \`npm run generate\` from platform/src/config/settings.ts; do not edit.
# Copy to .env and take the # off what you change. Values shown are the defaults.

${entries.join('\n')}`
}

function asText(value: Setting<unknown>['default']): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(',') : String(value)
}
