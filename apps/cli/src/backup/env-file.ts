import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Sets variables in a `.env` file: in their place where they are, at the end where they are not. Everything else stays. */
export function setInEnvFile(path: string, values: Readonly<Record<string, string>>): void {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  if (lines.at(-1) === '') lines.pop()
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${/[\s#"'\\]/.test(value) ? `"${value}"` : value}`
    const at = lines.findIndex((one) => one.startsWith(`${name}=`))
    if (at === -1) lines.push(line)
    else lines[at] = line
  }
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
}
