import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeys, oneKey } from './keys.ts'

const at = (seconds: number) => new Date(Date.UTC(2027, 0, 1, 0, 0, seconds))
const LIVES_MS = 900_000

describe('keys', () => {
  it('sign with the one before until the new one is known everywhere, and believe both', () => {
    const keys = createKeys({ value: 'new', previous: 'old', since: at(30) }, LIVES_MS)
    expect([keys.signing(at(29)), keys.believed(at(29))]).toEqual(['old', ['old', 'new']])
    expect([keys.signing(at(30)), keys.believed(at(30))]).toEqual(['new', ['new', 'old']])
  })

  it('believe the one before for as long as what it has signed lives, and no longer', () => {
    const keys = createKeys({ value: 'new', previous: 'old', since: at(0) }, LIVES_MS)
    expect(keys.believed(at(900))).toEqual(['new', 'old'])
    expect(keys.believed(at(961))).toEqual(['new'])
    expect(keys.all(at(961))).toEqual(['new', 'old'])
  })

  it('believe the one before for as long as it is set, where nobody says since when', () => {
    const keys = createKeys({ value: 'new', previous: 'old', since: null }, LIVES_MS)
    expect([keys.signing(at(0)), keys.believed(at(1e6))]).toEqual(['new', ['new', 'old']])
  })

  it('count exchanges, so that nobody goes on with what was remembered', () => {
    const keys = oneKey('a')
    keys.exchange({ value: 'a', previous: null, since: null })
    expect(keys.generation).toBe(0)
    keys.exchange({ value: 'b', previous: 'a', since: at(0) })
    expect([keys.generation, keys.signing(at(1))]).toEqual([1, 'b'])
    keys.exchange({ value: 'c', previous: null, since: at(2) })
    expect([keys.generation, keys.believed(at(3))]).toEqual([2, ['c']])
  })

  it('are believed by every process that knows of the exchange or does not yet, until it counts', () => {
    // Any two processes, one of which may not have heard of the exchange, at any moment before it counts.
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 29 }), (signerKnows, readerKnows, second) => {
        const next = { value: 'new', previous: 'old', since: at(30) }
        const signer = signerKnows ? createKeys(next, LIVES_MS) : oneKey('old')
        const reader = readerKnows ? createKeys(next, LIVES_MS) : oneKey('old')
        expect(reader.believed(at(second))).toContain(signer.signing(at(second)))
      })
    )
  })
})
