import { describe, expect, it } from 'vitest'
import { isAddress, parseAddresses } from './addresses.ts'

const read = (text: string) => parseAddresses(text).map(({ name, email }) => (name ? `${name} <${email}>` : email))

describe('addresses out of pasted text', () => {
  it('come one per line, with commas, semicolons or blanks between them', () => {
    expect(read('ana@x.org\nbo@x.org\r\ncy@x.org')).toEqual(['ana@x.org', 'bo@x.org', 'cy@x.org'])
    expect(read('ana@x.org, bo@x.org;cy@x.org dee@x.org')).toEqual(['ana@x.org', 'bo@x.org', 'cy@x.org', 'dee@x.org'])
  })

  it('keep the names that mail programs write', () => {
    expect(read('Ana Ng <ana@x.org>, Bo <bo@x.org>')).toEqual(['Ana Ng <ana@x.org>', 'Bo <bo@x.org>'])
    expect(read('"Ng, Ana" <ana@x.org>; Bo Li <bo@x.org>;')).toEqual(['Ana Ng <ana@x.org>', 'Bo Li <bo@x.org>'])
    expect(read('Ng, Ana <ana@x.org>')).toEqual(['Ana Ng <ana@x.org>'])
    expect(read('ana@x.org, Bo <bo@x.org>')).toEqual(['ana@x.org', 'Bo <bo@x.org>'])
  })

  it('take the names beside them in a spreadsheet', () => {
    expect(read('Ana\tNg\tana@x.org\nBo\tLi\tbo@x.org')).toEqual(['Ana Ng <ana@x.org>', 'Bo Li <bo@x.org>'])
    expect(read('ana@x.org\tAna Ng')).toEqual(['Ana Ng <ana@x.org>'])
    expect(read('أمينة حداد, amina@x.org')).toEqual(['أمينة حداد <amina@x.org>'])
  })

  it('lose what stands around them', () => {
    expect(read('mailto:ana@x.org')).toEqual(['ana@x.org'])
    expect(read('(ana@x.org), <bo@x.org>.')).toEqual(['ana@x.org', 'bo@x.org'])
  })

  it('appear once, whatever their case, with the name that was given somewhere', () => {
    expect(read('ana@x.org, ANA@x.org, Ana <ana@X.org>')).toEqual(['Ana <ana@X.org>'])
  })

  it('show what is not an address instead of dropping it', () => {
    expect(parseAddresses('ana@, bo@x.org, nobody')).toEqual([
      { email: 'ana@', name: '', valid: false },
      { email: 'bo@x.org', name: '', valid: true },
      { email: 'nobody', name: '', valid: false }
    ])
    expect(parseAddresses(' \n ;, ')).toEqual([])
  })

  it('need a host with a dot and fit in 254 characters', () => {
    expect(isAddress('ana@localhost')).toBe(false)
    expect(isAddress('ana..x@x.org')).toBe(true)
    expect(isAddress(`${'a'.repeat(250)}@x.org`)).toBe(false)
  })
})
