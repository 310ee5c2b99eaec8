import { open } from 'node:fs/promises'
import { fileTypeFromFile } from 'file-type'
import { extensionOf } from './file-name.ts'

export interface MediaType {
  readonly mediaType: string
  /** Only asked of SVG, the one type shown in place that can hold script. */
  readonly scripted: boolean
}

const SAMPLE_BYTES = 64 * 1024
/** An SVG larger than this is not searched: it counts as scripted. */
const SEARCHED_BYTES = 4 * 1024 * 1024

/** Kinds of text that look alike: here, and only here, the name decides. */
const TEXT_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.json': 'application/json',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.vtt': 'text/vtt',
  '.srt': 'application/x-subrip'
}
const OFFICE_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.doc': 'application/msword',
  '.xls': 'application/vnd.ms-excel',
  '.ppt': 'application/vnd.ms-powerpoint'
}

/** Looks at the bytes; what the sender says plays no part. */
export async function sniffMediaType(path: string, name: string): Promise<MediaType> {
  const sample = await readStart(path, SAMPLE_BYTES)
  const found = await fileTypeFromFile(path).catch(() => undefined)
  const text = asText(sample)
  // Two letters make a BMP, so a text that starts with “BM” looks like one.
  const textual = found === undefined || found.mime === 'application/xml' || found.mime === 'image/bmp'
  if (text === undefined || !textual) {
    const mediaType = found?.mime ?? 'application/octet-stream'
    const office = mediaType === 'application/x-cfb' ? OFFICE_BY_EXTENSION[extensionOf(name)] : undefined
    return { mediaType: office ?? mediaType, scripted: false }
  }
  const mediaType = typeOfText(text, name)
  return { mediaType, scripted: mediaType === 'image/svg+xml' && (await holdsScript(path)) }
}

/** HTML by the patterns browsers go by (https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type). */
const HTML =
  /^\s*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|img|form|object|embed|meta|link|!--)[\s>/]/i
const PROLOGUE = /^(?:\s+|<\?[^>]*\?>|<!--[\s\S]*?-->|<!doctype(?:[^>[]|\[[^\]]*\])*>)+/i

function typeOfText(text: string, name: string): string {
  const root = text.replace(PROLOGUE, '')
  if (/^<(?:\w+:)?svg[\s>/]/i.test(root)) return 'image/svg+xml'
  const byName = TEXT_BY_EXTENSION[extensionOf(name)]
  if (byName === 'text/markdown') return byName
  if (HTML.test(text) || /^<(?:\w+:)?html[\s>/]/i.test(root)) return 'text/html'
  if (/^\s*<\?xml\s/.test(text)) return 'application/xml'
  if (/^WEBVTT\s/.test(text)) return 'text/vtt'
  return byName ?? 'text/plain'
}

/** UTF-8 without bytes that no text has; a character cut off at the end of the sample is fine. */
function asText(sample: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
    return sample.some(isBinary) ? undefined : text
  } catch {
    return undefined
  }
}

/** Binary data bytes of https://mimesniff.spec.whatwg.org/#binary-data-byte */
const isBinary = (byte: number): boolean =>
  byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)

async function holdsScript(path: string): Promise<boolean> {
  const bytes = await readStart(path, SEARCHED_BYTES + 1)
  if (bytes.length > SEARCHED_BYTES) return true
  return /<(?:[\w-]+:)?(?:script|foreignObject|iframe|handler)|[\s"'/]on\w+\s*=|javascript:|<!ENTITY|data:text\/html|&#/i.test(
    bytes.toString('utf8')
  )
}

async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
