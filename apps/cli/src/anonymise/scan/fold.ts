/** Between values that are looked through together: part of nothing that anybody is called. */
export const BORDER = '\u{E000}'

/** Letters and digits alone, case and accents folded, so that “Zoë M. O’Neill” is found in “zoe-m-o-neill”. */
export const foldLoosely = (text: string): string => folded(text).replace(/[^\p{L}\p{N}\u{E000}]+/gu, ' ')

/** Case and presentation forms folded, marks where they were. */
export const foldStrictly = (text: string): string =>
  (isAscii(text) ? text : text.normalize('NFKC').replace(/\p{Cf}/gu, '')).toLowerCase()

/** Digits of one number together, however they were grouped. */
export const foldNumbers = (text: string): string => text.replace(/(?<=\d)[ ().\-/\u00a0]+(?=\d)/g, '')

function folded(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  // The Arabic tatweel only stretches a word.
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\u0640]+/gu, '')
    .toLowerCase()
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}
