import { systemClock } from '@lyceum/platform/clock'
import { createKeys, oneKey } from '@lyceum/platform/keys'
import { describe, expect, it } from 'vitest'
import { createSeal } from './seal.ts'

describe('a seal', () => {
  const seal = createSeal(oneKey('the secret of an installation'), systemClock)

  it('opens what it closed, and looks different every time', () => {
    const [one, two] = [seal.close('sésame', 'school/provider'), seal.close('sésame', 'school/provider')]
    expect(one).not.toBe(two)
    expect(seal.open(one, 'school/provider')).toBe('sésame')
  })

  it('opens nothing for another place, with another secret, or after a change', () => {
    const sealed = seal.close('sesame', 'school/provider')
    expect(() => seal.open(sealed, 'other/provider')).toThrow()
    expect(() => createSeal(oneKey('another secret'), systemClock).open(sealed, 'school/provider')).toThrow()
    const changed = `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`
    expect(() => seal.open(changed, 'school/provider')).toThrow()
  })

  it('opens what the key before closed, however long ago, and seals it anew', () => {
    const now = Date.now()
    const since = new Date(now - 400 * 24 * 60 * 60 * 1000)
    const keys = createKeys({ value: 'the next secret', previous: 'the secret of an installation', since }, 1)
    const exchanged = createSeal(keys, systemClock)
    const sealed = seal.close('sesame', 'school/provider')
    expect(exchanged.open(sealed, 'school/provider')).toBe('sesame')
    const renewed = exchanged.renew(sealed, 'school/provider') ?? ''
    expect(createSeal(oneKey('the next secret'), systemClock).open(renewed, 'school/provider')).toBe('sesame')
    expect(exchanged.renew(renewed, 'school/provider')).toBeUndefined()
    expect(exchanged.renew(sealed, 'other/provider')).toBeUndefined()
  })

  it('seals with the key that signs, while the next one is only known', () => {
    const since = new Date(Date.now() + 60_000)
    const keys = createKeys({ value: 'the next secret', previous: 'the secret of an installation', since }, 1)
    expect(seal.open(createSeal(keys, systemClock).close('sesame', 'a'), 'a')).toBe('sesame')
  })
})
