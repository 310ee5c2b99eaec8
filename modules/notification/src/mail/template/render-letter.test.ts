import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { mailLocale, mailLocales } from './letter.ts'
import { renderLetter } from './render-letter.ts'
import { templates } from './templates.ts'

const link = 'https://school.example/invitations/secret-token?a=1&b=2'
const values = { schoolName: 'Greenfield', invitedBy: 'Amina', link, expiresAt: '2026-03-05T14:30:00.000Z' }
const names = ['invitation', 'password-reset', 'password-changed', 'email-verification', 'sign-in-link'] as const

const render = (
  template: (typeof names)[number],
  locale: 'en' | 'ar',
  more: Record<string, string> = {},
  name = 'Lina'
) => renderLetter(templates[template].write(locale, { ...values, ...more }), { locale, name })

describe('a letter', () => {
  it.each(names.flatMap((name) => mailLocales.map((locale) => [name, locale] as const)))(
    '%s in %s says the same in text and HTML, with one button and the bare link',
    (name, locale) => {
      const { subject, text, html } = render(name, locale)
      expect(subject).toContain('Greenfield')
      expect(text).toContain(`\n${link}\n`)
      const href = 'href="https://school.example/invitations/secret-token?a=1&#38;b=2"'
      expect(html.split(href)).toHaveLength(3)
      expect(html).toContain('>https://school.example/invitations/secret-token?a=1&#38;b=2</a>')
      expect(html).toContain(`lang="${locale}"`)
    }
  )

  it('runs from right to left in Arabic, and values stand in their own direction', () => {
    const { html } = render('invitation', 'ar')
    expect(html).toContain('<html lang="ar" dir="rtl">')
    expect(html).toMatch(/<table role="presentation" class="page" lang="ar" dir="rtl"/)
    expect(html).toContain('<bdi>Amina</bdi>')
    expect(html).toContain('مرحبًا Lina،')
    expect(html).not.toContain('Hello')
  })

  it('says until when in the reader’s zone, and in UTC where it is unknown or nonsense', () => {
    expect(render('invitation', 'en').text).toContain('5 March 2026 at 14:30 UTC')
    expect(render('invitation', 'en', { timeZone: 'Europe/Madrid' }).text).toContain('5 March 2026 at 15:30 CET')
    expect(render('invitation', 'en', { timeZone: 'Moon/Base' }).text).toContain('5 March 2026 at 14:30 UTC')
  })

  it('never lets a value become markup', () => {
    const evil = `<img src=x onerror="alert(1)">'`
    const { html } = render('invitation', 'en', { schoolName: evil, invitedBy: evil }, '<b>Lina & co')
    expect(html).not.toContain('<img')
    expect(html).not.toContain('<b>Lina')
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#39;')
    expect(html).toContain('Hello &#60;b&#62;Lina &#38; co,')
  })

  it('keeps subjects on one line and in one direction', async () => {
    const { subject } = render('invitation', 'en', { schoolName: 'A\r\nBcc: thief@evil.example\u202eB' })
    expect(subject).toBe('Your invitation to A Bcc: thief@evil.example B')
    const { headers } = await PostalMime.parse(`Subject: ${subject}\r\n\r\n`)
    expect(headers.map(({ key }) => key)).toEqual(['subject'])
  })

  it.each(['Win at evil.example', 'https://evil.example', 'you@evil.example', 'evil.example/prize'])(
    'does not repeat the name “%s”, which mail programs would make a link of',
    (name) => {
      const { text, html } = render('email-verification', 'en', {}, name)
      expect(text).toContain('\nHello,\n')
      expect(text + html).not.toContain('evil')
    }
  )

  it('greets people whose names have full stops', () => {
    expect(render('email-verification', 'en', {}, 'J. R. Smith Jr.').text).toContain('Hello J. R. Smith Jr.,')
  })

  it('is not written without a link that opens a page', () => {
    const write = (given: object) => () => templates['password-reset'].write('en', given)
    expect(write({ schoolName: 'Greenfield' })).toThrow(expect.objectContaining({ code: 'mail.values-invalid' }))
    expect(write({ ...values, link: 'javascript:alert(1)' })).toThrow(
      expect.objectContaining({ code: 'mail.values-invalid' })
    )
  })
})

describe('mailLocale', () => {
  it('takes the nearest language there is, English otherwise', () => {
    expect(['ar', 'ar-EG', 'en-US', 'fr', 'arq', ''].map(mailLocale)).toEqual(['ar', 'ar', 'en', 'en', 'en', 'en'])
  })
})
