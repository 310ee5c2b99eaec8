import { describe, expect, it } from 'vitest'
import { Needles } from './needles.ts'
import { variantsOf } from './variants.ts'

const WHO = 'Zoë Haddad-Núñez <zoe@planted.edu>'
const percent = encodeURIComponent(WHO)
const base64 = Buffer.from(WHO).toString('base64')
const entities = [...WHO].map((letter) => `&#${letter.codePointAt(0)};`).join('')
const escapes = [...WHO].map((letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join('')

describe('what is encoded', () => {
  it.each([
    ['percent', percent],
    ['percent twice', encodeURIComponent(percent)],
    ['entities', entities],
    ['named entities', 'Zo&euml; Haddad-N&uacute;&ntilde;ez &lt;zoe@planted.edu&gt;'],
    ['escapes of JSON', escapes],
    ['base64', base64],
    ['base64 for addresses, in an address', `https://x.example/?state=${Buffer.from(WHO).toString('base64url')}&b=1`],
    ['base64 in base64', Buffer.from(`{"a":"${base64}"}`).toString('base64')],
    ['percent in entities', [...percent].map((letter) => `&#${letter.codePointAt(0)};`).join('')],
    ['hexadecimal', `\\x${Buffer.from(WHO).toString('hex')}`],
    ['quoted-printable', 'Zo=C3=AB Haddad-N=C3=BA=\n=C3=B1ez <zoe@planted.edu>']
  ])('is read from %s', (_how, text) => {
    expect(variantsOf(`before ${text} behind`).some((one) => one.includes(WHO))).toBe(true)
  })

  it('is left alone where it is nothing', () => {
    expect(variantsOf('100 % of all & everything, communication/international')).toEqual([
      '100 % of all & everything, communication/international'
    ])
  })
})

describe('somebody', () => {
  const needles = new Needles()
  needles.addName('Zoë Haddad-Núñez')
  needles.addName('عبد الرَّحمن الزهراوي')
  needles.addName('山田 太郎')
  needles.addEmail('zoe.h@planted.edu')
  needles.mine('+49 (171) 555-1234 at 198.18.4.9')
  needles.addHost('learn.planted.edu')
  needles.addId('0190A5DE-0000-7000-8000-00000000ABCD')
  needles.addToken('s3cr3t-Token')
  needles.addText('The quick brown fox jumps over the lazy dog, again and again.')
  needles.settle(new Set(['haddad']))

  it.each([
    ['name', 'ZOE  HADDAD NUNEZ'],
    ['name', 'zoe_haddad.nunez'],
    ['name', 'كتاب لعبد الرحمن الزهراوي'],
    ['name', 'はい山田 太郎さん'],
    ['email', 'Zoe.H@Planted.EDU'],
    ['phone', '+49-171-5551234'],
    ['address', 'from 198.18.4.9:443'],
    ['host', 'https://LEARN.planted.edu/x'],
    ['id', '/courses/0190a5de-0000-7000-8000-00000000abcd'],
    ['token', '{"t":"S3CR3T-TOKEN"}'],
    ['text', 'the quick, brown fox jumps over…'],
    ['word', 'Dear Nunez,']
  ] as const)('is found as %s in “%s”', (kind, text) => {
    expect(needles.find(text)[kind]).toBeGreaterThan(0)
  })

  it.each(['Zoe', 'nunezville', 'haddad', '198.18.4.99', 'learn planted', 'the quick brown fox'])(
    'is not found in “%s”',
    (text) => {
      expect(needles.find(text)).toEqual({})
    }
  )
})
