export const mailLocales = ['en', 'ar'] as const
export type MailLocale = (typeof mailLocales)[number]

/** Words of ours and values of somebody else's, kept apart until it is known what each must be escaped for. */
export interface Sentence {
  readonly words: readonly string[]
  readonly values: readonly string[]
}

/** What a message says, in one language; how it looks is the same for all. */
export interface Letter {
  readonly schoolName: string
  readonly subject: Sentence
  readonly heading: Sentence
  readonly paragraphs: readonly Sentence[]
  readonly action: Action | null
  /** Said in small type below: what to do if the message is not meant for the reader. */
  readonly closing: Sentence
}

export interface Action {
  readonly label: string
  readonly link: string
}

/** The language the message is written in: the nearest one there are words for, English otherwise. */
export const mailLocale = (locale: string): MailLocale =>
  mailLocales.find((known) => known === locale.split('-', 1)[0]) ?? 'en'

/** ``say`${inviter} invited you` `` */
export const say = (words: TemplateStringsArray, ...values: readonly string[]): Sentence => ({
  words,
  values: values.map(onOneLine)
})

export const asText = ({ words, values }: Sentence): string =>
  words.map((word, index) => word + (values[index] ?? '')).join('')

/**
 * A value as it may stand in a subject or a sentence: control characters could start a new header line, and bidirectional
 * embeddings and overrides (UAX #9 §2) could turn the text after them around.
 */
export const onOneLine = (value: string): string =>
  value
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 200)
