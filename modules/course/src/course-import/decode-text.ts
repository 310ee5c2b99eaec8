import { isUtf8 } from 'node:buffer'

/**
 * Text from bytes of unknown character set: byte order marks rule, then UTF-8, then the likelier of windows-1251 and
 * windows-1252. `guessed` names the character set when the bytes had to decide.
 */
export function decodeText(bytes: Buffer): { text: string; guessed?: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes) }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes) }
  if (isUtf8(bytes)) return { text: new TextDecoder('utf-8').decode(bytes) }
  const guessed = looksCyrillic(bytes) ? 'windows-1251' : 'windows-1252'
  return { text: new TextDecoder(guessed).decode(bytes), guessed }
}

/** Cyrillic words are runs of letters from the upper quarter; western accents stand alone between ASCII letters. */
function looksCyrillic(bytes: Buffer): boolean {
  let letters = 0
  let inRuns = 0
  for (let index = 0; index < bytes.length; index++) {
    if (!isUpperQuarter(bytes[index])) continue
    letters++
    if (isUpperQuarter(bytes[index - 1]) || isUpperQuarter(bytes[index + 1])) inRuns++
  }
  return inRuns * 2 > letters
}

function isUpperQuarter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0xc0
}
