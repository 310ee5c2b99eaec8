import { describe, expect, it } from 'vitest'
import { createKeys } from '../secrets/keys.ts'
import { createSeals, SEAL_HEADER, SEALED_HEADER, type Sealed } from './seal.ts'

const OLD = 'the old key, long enough to be one at all'
const NEW = 'the new key, long enough to be one at all'

const sealed: Sealed = {
  caller: {
    tenantId: 't',
    userId: 'u',
    name: 'Åse',
    role: 'learner',
    permissions: ['course:read'],
    signInId: 's',
    internal: false
  },
  request: { id: 'r', address: '::1', userAgent: '', origin: 'http://a', refreshCookie: null, providerCookie: null }
}

let now = Date.parse('2026-11-23T10:00:00Z')
const clock = { now: () => new Date(now) }
const seals = (value: string, previous: string | null = null, since: Date | null = null) =>
  createSeals({ keys: createKeys({ value, previous, since }, 60_000), clock })
const question = { method: 'GET', url: '/api/v1/me?x=1' }

describe('a seal', () => {
  it('carries who asks to whoever has the key', () => {
    expect(seals(NEW).open(question, seals(NEW).seal(question, sealed))).toEqual(sealed)
  })

  it('is believed while keys are exchanged, whichever side has the new one first', () => {
    expect(seals(NEW, OLD).open(question, seals(OLD).seal(question, sealed))).toEqual(sealed)
    expect(seals(OLD, NEW).open(question, seals(NEW).seal(question, sealed))).toEqual(sealed)
    expect(() => seals(NEW).open(question, seals(OLD).seal(question, sealed))).toThrow('a key that is not known here')
  })

  it.each([
    ['another method', { ...question, method: 'DELETE' }],
    ['another address', { ...question, url: '/api/v1/me?x=2' }],
    ['a body that it did not cover', { ...question, body: '{}' }]
  ])('does not fit %s', (_, other) => {
    expect(() => seals(NEW).open(other, seals(NEW).seal(question, sealed))).toThrow('belongs to another request')
  })

  it('does not fit another caller', () => {
    const headers = seals(NEW).seal(question, sealed)
    const raised = { ...sealed, caller: { ...sealed.caller, internal: true } }
    const forged = { ...headers, [SEALED_HEADER]: Buffer.from(JSON.stringify(raised)).toString('base64url') }
    expect(() => seals(NEW).open(question, forged)).toThrow('belongs to another request')
  })

  it('is good once, and not for long', () => {
    const receiver = seals(NEW)
    const headers = seals(NEW).seal(question, sealed)
    receiver.open(question, headers)
    expect(() => receiver.open(question, headers)).toThrow('used before')
    const late = seals(NEW).seal(question, sealed)
    now += 31_000
    expect(() => receiver.open(question, late)).toThrow('too old')
    now += 600_000
    expect(() => receiver.open(question, headers)).toThrow('too old')
    const early = seals(NEW).seal(question, sealed)
    now -= 31_000
    expect(() => receiver.open(question, early)).toThrow('from the future')
  })

  it('is remembered as used through every turn of its memory', () => {
    const receiver = seals(NEW)
    const headers = seals(NEW).seal(question, sealed)
    receiver.open(question, headers)
    for (let second = 0; second < 30; second++) {
      now += 1_000
      receiver.open(question, seals(NEW).seal(question, sealed))
      expect(() => receiver.open(question, headers)).toThrow('used before')
    }
  })

  it.each([
    ['nothing', {}],
    ['half of it', { [SEAL_HEADER]: 'a.b.c.d' }],
    ['rubbish', { [SEAL_HEADER]: '....', [SEALED_HEADER]: '%%%' }],
    ['a list', { [SEAL_HEADER]: ['a', 'b'], [SEALED_HEADER]: 'x' }]
  ])('is refused when there is %s', (_, headers) => {
    expect(() => seals(NEW).open(question, headers)).toThrow(/gateway|not believed/)
  })
})
