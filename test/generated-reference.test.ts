import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generatedReference } from '../scripts/generated-reference.ts'

it.each(generatedReference())('$path is what `npm run generate` writes', ({ path, text }) => {
  expect(readFileSync(path, 'utf8')).toBe(text)
})
