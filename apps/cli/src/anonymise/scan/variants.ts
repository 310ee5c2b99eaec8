import { decodeHTML } from 'entities'
import { BORDER } from './fold.ts'

/** A name in base64 in an address in base64: further down nobody has been seen to hide one by accident. */
const DEEPEST = 3
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A text as it stands, and as it reads when what looks encoded is decoded: HTML, percent, `\u`, base64, hexadecimal. */
export function variantsOf(text: string, depth = 0): string[] {
  const decoded = [
    text.includes('&') ? decodeHTML(text) : text,
    /%[0-9a-f]{2}/i.test(text) ? text.replace(/(?:%[0-9a-f]{2})+/gi, decodePercent) : text,
    text.includes('\\u') || text.includes('\\x') ? text.replace(/(?:\\u[0-9a-f]{4})+|(?:\\x[0-9a-f]{2})+/gi, decodeEscapes) : text,
    // Quoted-printable, as mail is written.
    /=[0-9A-F]{2}/.test(text) ? text.replace(/=\r?\n/g, '').replace(/(?:=[0-9A-F]{2})+/g, (run) => decodePercent(run.replaceAll('=', '%'))) : text
  ].filter((one) => one !== text)
  const hidden = [...textsIn(text, /[A-Za-z0-9+/_-]{10,}/g, 'base64'), ...textsIn(text, /(?:[0-9a-f]{2}){6,}/gi, 'hex')]
  if (hidden.length > 0) decoded.push(hidden.join(BORDER))
  return [text, ...(depth < DEEPEST ? decoded.flatMap((one) => variantsOf(one, depth + 1)) : decoded)]
}

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')
  }
}

const decodeEscapes = (run: string): string =>
  run.startsWith('\\u') ? String.fromCharCode(...run.slice(2).split('\\u').map((digits) => Number.parseInt(digits, 16))) : (readText(Buffer.from(run.replaceAll('\\x', ''), 'hex')) ?? '')

function textsIn(text: string, pattern: RegExp, encoding: 'base64' | 'hex'): string[] {
  const found: string[] = []
  for (const [run] of text.matchAll(pattern)) {
    if (ID.test(run)) continue
    const read = readText(Buffer.from(run, encoding))
    if (read !== undefined) found.push(read)
  }
  return found
}

/** Undefined for bytes that are no text. */
function readText(bytes: Buffer): string | undefined {
  for (const byte of bytes) if (byte < 9) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
