import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
