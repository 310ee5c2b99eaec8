import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generatedFiles } from '../scripts/generated-client.ts'

it('the committed client is what the contracts say: run `npm run generate` when this fails', () => {
  for (const { path, text } of generatedFiles()) expect(readFileSync(path, 'utf8')).toBe(text)
})
