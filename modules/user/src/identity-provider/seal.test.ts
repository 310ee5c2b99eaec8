import { describe, expect, it } from 'vitest'
import { createSeal } from './seal.ts'

describe('a seal', () => {
  const seal = createSeal('the secret of an installation')

  it('opens what it closed, and looks different every time', () => {
    const [one, two] = [seal.close('sésame', 'school/provider'), seal.close('sésame', 'school/provider')]
    expect(one).not.toBe(two)
    expect(seal.open(one, 'school/provider')).toBe('sésame')
  })

  it('opens nothing for another place, with another secret, or after a change', () => {
    const sealed = seal.close('sesame', 'school/provider')
    expect(() => seal.open(sealed, 'other/provider')).toThrow()
    expect(() => createSeal('another secret').open(sealed, 'school/provider')).toThrow()
    const changed = `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`
    expect(() => seal.open(changed, 'school/provider')).toThrow()
  })
})
