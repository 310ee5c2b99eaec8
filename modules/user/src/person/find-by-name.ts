/** Text for comparing: case, accents and presentation forms folded, so that “Zoe” finds “Zoë”. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()

/** The longest word that is kept: what is searched for is cut to the same length. */
const LONGEST = 80

/** The words a person is found by: each of the name, the whole address, and the parts of what stands before its `@`. */
export function wordsOf({ name, email }: { readonly name: string; readonly email: string }): string[] {
  const address = fold(email)
  const words = [...wordsIn(name), address, ...(address.split('@')[0] ?? '').split(/[._+-]+/)]
  return [...new Set(words.filter((word) => word !== '').map((word) => word.slice(0, LONGEST)))]
}

/** What somebody typed, as prefixes that must each begin one word of the person. */
export const prefixesOf = (search: string): string[] => wordsIn(search).map((word) => word.slice(0, LONGEST))

/** The first text after every one that starts with `prefix`, compared bytewise. */
export const after = (prefix: string): string => `${prefix}\u{10FFFF}`

const wordsIn = (text: string): string[] =>
  fold(text)
    .split(/[\s,;()"']+/)
    .filter((word) => word !== '')
