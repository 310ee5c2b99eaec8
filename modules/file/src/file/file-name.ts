/** What Windows would take for a device, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|$)/i
/** Controls, and marks that turn the direction of text: `cod\u202Egpj.exe` would read as `codexe.jpg`. */
const INVISIBLE = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060-\u2069\uFEFF]/gu
const MAX_BYTES = 255
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Makes of any text a name that every common file system takes, keeping what people recognise: letters of all scripts. */
export function cleanFileName(given: string): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? ''
  const cleaned = last
    .replace(INVISIBLE, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^ +|[ .]+$/g, '')
  if (cleaned === '') return 'file'
  return shorten(DEVICE.test(cleaned) ? `_${cleaned}` : cleaned)
}

/** `.pdf` of `a.pdf`, in lower case; empty without one. */
export const extensionOf = (name: string): string => /[^.](\.[a-z0-9]{1,12})$/i.exec(name)?.[1]?.toLowerCase() ?? ''

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const extension = extensionOf(name)
  const room = MAX_BYTES - extension.length
  let kept = ''
  let bytes = 0
  for (const { segment } of letters.segment(name.slice(0, name.length - extension.length))) {
    bytes += Buffer.byteLength(segment)
    if (bytes > room) break
    kept += segment
  }
  return `${kept.replace(/[ .]+$/, '') || 'file'}${extension}`
}
