import { readdirSync, readFileSync } from 'node:fs'

const src = new URL('../src/', import.meta.url)

/** The app's own sources with one of the given endings, tests left out. */
export const sourceFiles = (...endings: string[]): { name: string; text: string }[] =>
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.includes('.test.'))
    .map((name) => ({ name, text: readFileSync(new URL(name, src), 'utf8') }))
