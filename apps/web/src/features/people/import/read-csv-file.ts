/** Encodings that lists of people arrive in; spreadsheets save in the one of the computer's region. */
export const encodings = ['utf-8', 'utf-16le', 'windows-1251', 'windows-1252', 'windows-1256'] as const
export type Encoding = (typeof encodings)[number]

export interface DecodedText {
  readonly text: string
  readonly encoding: Encoding
  /** False where the bytes allow several readings and the person should look at the letters. */
  readonly certain: boolean
}

/** Reads text of unknown encoding: by its byte order mark, as UTF-8 if it is that, else by how its letters lie. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoded(bytes, 'utf-16le', true)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', certain: true }
  } catch {
    return decoded(bytes, regionOf(bytes), false)
  }
}

export const decodeAs = (bytes: Uint8Array, encoding: Encoding): string => new TextDecoder(encoding).decode(bytes)

/** A workbook is a zip; reading one as text gives nothing but signs. */
export const isWorkbook = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0xd0 && bytes[1] === 0xcf)

const decoded = (bytes: Uint8Array, encoding: Encoding, certain: boolean): DecodedText => ({
  text: decodeAs(bytes, encoding),
  encoding,
  certain
})

/**
 * Western names have single accented letters among plain ones; Cyrillic and Arabic words are made of high bytes
 * throughout. Of those two, Cyrillic keeps its capitals (C0–DF) at the start of words or writes nothing else, while
 * Arabic mixes both rows.
 */
function regionOf(bytes: Uint8Array): Encoding {
  let letters = 0
  let inRuns = 0
  let lowerRow = 0
  for (let index = 0; index < bytes.length; index++) {
    if (!isHigh(bytes[index])) continue
    letters += 1
    if (!isHigh(bytes[index - 1])) continue
    inRuns += 1
    if ((bytes[index] ?? 0) < 0xe0) lowerRow += 1
  }
  if (inRuns < letters * 0.4) return 'windows-1252'
  const share = lowerRow / inRuns
  return share > 0.2 && share < 0.8 ? 'windows-1256' : 'windows-1251'
}

const isHigh = (byte: number | undefined): boolean => byte !== undefined && byte >= 0xc0
