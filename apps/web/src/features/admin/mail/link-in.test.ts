import { expect, test } from 'vitest'
import { linkIn } from './link-in.ts'

test('the link of a message is found without the full stop behind it', () => {
  expect(linkIn('Open http://localhost:3000/invitations/abc-DEF_1.\n\nOr not.')).toBe(
    'http://localhost:3000/invitations/abc-DEF_1'
  )
  expect(linkIn('(https://x.org/a?b=1)')).toBe('https://x.org/a?b=1')
  expect(linkIn('Nothing here.')).toBeUndefined()
})
