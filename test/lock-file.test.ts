import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** npm drops entries for other platforms when it finds a `node_modules` in place, and `npm ci` then fails everywhere. */
it('names the packages of every platform', () => {
  const lock: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
  )
  const locked = Object.keys(lock.packages)
  const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)))
  )
  expect(missing).toEqual([])
})
