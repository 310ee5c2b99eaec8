import type { Entry } from 'yauzl'
import { ImportRefused } from './course-import.ts'

const UTF8_FLAG = 0x800
const UNICODE_PATH_FIELD = 0x7075
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/**
 * The name of a zip entry as the person who packed it saw it. APPNOTE 4.4.4 bit 11 and Info-ZIP's 0x7075 field say
 * UTF-8; without them the name is whatever the packing machine spoke: UTF-8 on a Mac, CP866 on a Russian Windows,
 * else CP437 as APPNOTE D.1 has it. `guessed` tells that the bytes had to decide.
 */
export function decodeEntryName(entry: Entry): { name: string; guessed: boolean } {
  const raw = entry.fileNameRaw
  if (raw.every((byte) => byte < 0x80)) return { name: raw.toString('latin1'), guessed: false }
  const unicodePath = entry.extraFields.find((field) => field.id === UNICODE_PATH_FIELD)?.data
  if (unicodePath && unicodePath.length > 5) return { name: unicodePath.subarray(5).toString('utf8'), guessed: false }
  const utf8 = strictUtf8(raw)
  if (utf8 !== undefined) return { name: utf8, guessed: false }
  if (entry.generalPurposeBitFlag & UTF8_FLAG) {
    throw new ImportRefused(
      'course-import.zip-damaged',
      'A file name in this zip is not valid UTF-8. Pack it again.',
      raw.toString('latin1')
    )
  }
  return { name: looksCyrillic(raw) ? new TextDecoder('ibm866').decode(raw) : decodeCp437(raw), guessed: true }
}

/**
 * Refuses names that would leave the folder they are unpacked to (the "zip slip" of 2018), on any operating system.
 * Throws `course-import.zip-unsafe-path`.
 */
export function assertSafeEntryName(name: string): void {
  const parts = name.split('/')
  const unsafe =
    name === '' ||
    name.startsWith('/') ||
    name.includes('\\') ||
    /\p{Cc}/u.test(name) ||
    /^[a-z]:/i.test(name) ||
    parts.some((part) => part === '..' || part === '.') ||
    parts.slice(0, -1).includes('')
  if (!unsafe) return
  throw new ImportRefused(
    'course-import.zip-unsafe-path',
    'This zip holds a file whose name leads out of the folder it is unpacked to, so none of it was read. Pack the course folder again with an ordinary archiver.',
    name
  )
}

function strictUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Cyrillic words are runs of high bytes in CP866's letters; the accents of CP437 stand alone between ASCII letters. */
function looksCyrillic(bytes: Buffer): boolean {
  const high = [...bytes.keys()].filter((index) => (bytes[index] ?? 0) >= 0x80)
  const letters = high.every((index) => isCp866Letter(bytes[index] ?? 0))
  const inRuns = high.filter((index) => (bytes[index - 1] ?? 0) >= 0x80 || (bytes[index + 1] ?? 0) >= 0x80)
  return letters && inRuns.length * 2 > high.length
}

function isCp866Letter(byte: number): boolean {
  return (byte >= 0x80 && byte <= 0xaf) || (byte >= 0xe0 && byte <= 0xf1) || byte === 0xfc
}

function decodeCp437(bytes: Buffer): string {
  return [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : cp437[byte - 0x80])).join('')
}
