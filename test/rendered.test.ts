import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settings } from '@lyceum/platform/settings'
import { expect, it } from 'vitest'
import { generatedDeployment } from '../scripts/generated-deployment.ts'

it.each(generatedDeployment())('$path is what `npm run generate` writes', ({ path, text }) => {
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing').toBe(text)
})

it('keeps nothing in deploy/ that is not rendered', () => {
  const rendered = new Set(generatedDeployment().map(({ path }) => path))
  const folder = join(import.meta.dirname, '../deploy')
  const kept = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  expect(kept.filter((file) => !rendered.has(file))).toEqual([])
})

it('names no setting that there is not', () => {
  const named = generatedDeployment()
    .filter(({ path }) => /\.env$|make-secrets\.sh$/.test(path))
    .flatMap(({ text }) => [...text.matchAll(/^(?:keep )?([A-Z][A-Z0-9_]+)(?:=| ")/gm)].map(([, name = '']) => name))
  expect(named.length).toBeGreaterThan(20)
  const known = new Set<string>(Object.keys(settings))
  const ofOthers = new Set(['POSTGRES_PASSWORD'])
  const settingOf = (name: string) => (known.has(name) ? name : name.replace(/_FILE$/, ''))
  expect(named.filter((name) => !known.has(settingOf(name)) && !ofOthers.has(name))).toEqual([])
})
