import { decodeHTML } from 'entities'
import { BORDER } from './fold.ts'

/** A name in base64 in an address in base64: further down nobody has been seen to hide one by accident. */
const DEEPEST = 3
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A text as it stands, and as it reads when what looks encoded is decoded: HTML, percent, `\u`, quoted-printable, base64, hexadecimal. */
export function variantsOf(text: string, depth = 0): string[] {
  const found = [text]
  // As mail is written. Apart from the others: `=AD` may be the beginning of a name.
  if (/=[0-9A-F]{2}/.test(text)) found.push(text.replace(/=\r?\n/g, '').replace(/(?:=[0-9A-F]{2})+/g, decodeQuoted))
  for (const one of [...found])
    for (let [before, times] = [one, 0]; times < DEEPEST; times++) {
      const decoded = decode(before)
      if (decoded === before) break
      found.push(decoded)
      before = decoded
    }
  if (depth === DEEPEST) return found
  const hidden = found.flatMap((one) => [
    ...textsIn(one, /[A-Za-z0-9+/_-]{10,}/g, 'base64'),
    ...textsIn(one, /(?:[0-9a-f]{2}){6,}/gi, 'hex')
  ])
  return hidden.length === 0 ? found : [...found, ...variantsOf([...new Set(hidden)].join(BORDER), depth + 1)]
}

/** One layer of whatever is there; what is encoded twice needs it twice. */
function decode(text: string): string {
  const html = text.includes('&') ? decodeHTML(text) : text
  const percent = html.includes('%') ? html.replace(/(?:%[0-9a-f]{2})+/gi, decodePercent) : html
  return percent.includes('\\') ? percent.replace(/(?:\\u[0-9a-f]{4})+|(?:\\x[0-9a-f]{2})+/gi, decodeEscapes) : percent
}

const decodeQuoted = (run: string): string => decodePercent(run.replaceAll('=', '%'))

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')
  }
}

const decodeEscapes = (run: string): string =>
  run.startsWith('\\u')
    ? String.fromCharCode(
        ...run
          .slice(2)
          .split('\\u')
          .map((digits) => Number.parseInt(digits, 16))
      )
    : (readText(Buffer.from(run.replaceAll('\\x', ''), 'hex')) ?? '')

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
