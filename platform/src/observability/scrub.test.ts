import { expect, it } from 'vitest'
import { scrub, withoutData } from './scrub.ts'

it.each([
  ['sent to ana.o+x@mail.example.org in vain', 'sent to [e-mail] in vain'],
  ['Bearer abc.def came', 'Bearer [redacted] came'],
  ['GET /reset?token=abc&x=1 failed', 'GET /reset?[values] failed'],
  ['refresh q9Zk2m8vX1c7b5n3L0p4o6i8u2y1t9r7e5w3 is old', 'refresh [redacted] is old'],
  ['school 0190a5de-0000-7000-8000-000000000001', 'school 0190a5de-0000-7000-8000-000000000001'],
  ['password hunter22 wrong', 'password [redacted] wrong'],
  ['Cannot read properties of undefined', 'Cannot read properties of undefined']
])('lets out of “%s” no more than “%s”', (text, clean) => {
  expect(scrub(text, ['hunter22'])).toBe(clean)
})

it('says of data only where it did not fit', () => {
  const error = Object.assign(new Error('Key (email)=(ana@example.test) already exists'), {
    code: '23505',
    table: 'person',
    constraint: 'person_email'
  })
  expect(withoutData(error)).toBe('SQLSTATE 23505, table person, constraint person_email')
  expect(withoutData(new TypeError('x is not a function'))).toBe('x is not a function')
})
