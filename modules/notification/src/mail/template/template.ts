import { defineError } from '@lyceum/platform/errors'
import Type, { type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Letter, MailLocale } from './letter.ts'

const MailValuesInvalid = defineError(
  'mail.values-invalid',
  'invalid',
  (what: string) => `A message cannot be written from these values: ${what}. Whoever requested it must send them.`
)

export interface Template {
  /** Throws `mail.values-invalid` where a value is missing. */
  write(locale: MailLocale, values: unknown): Letter
}

/** A message in every language, and the values it is written from. */
export function defineTemplate<Values extends TSchema>(
  values: Values,
  words: Readonly<Record<MailLocale, (values: Static<Values>) => Letter>>
): Template {
  const validator = Compile(values)
  return {
    write: (locale, given) => {
      if (validator.Check(given)) return words[locale](given)
      const [first] = validator.Errors(given)
      throw MailValuesInvalid(`${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim())
    }
  }
}

export const SchoolName = Type.String({ minLength: 1 })

/** Other schemes would run instead of open. */
export const Link = Type.String({ pattern: '^https?://', maxLength: 2000 })

/** When the link stops working, and the reader's zone to say it in; UTC where none is known. */
export const expiry = { expiresAt: Type.Optional(Type.String()), timeZone: Type.Optional(Type.String()) }
