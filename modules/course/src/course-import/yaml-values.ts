import { parseDocument } from 'yaml'

export type YamlMap = Record<string, unknown>

/**
 * A YAML document as plain values, and the first fault with its line (from 1), if any. Unknown tags, such as the
 * `!!python/name:` of MkDocs, are passed over; aliases are limited by the library against expansion attacks.
 */
export function readYaml(text: string): { value: unknown; fault?: { message: string; line: number } } {
  const document = parseDocument(text, { logLevel: 'silent' })
  const [error] = document.errors
  if (error)
    return { value: undefined, fault: { message: firstLine(error.message), line: error.linePos?.[0].line ?? 1 } }
  try {
    return { value: document.toJS() }
  } catch (cause) {
    return { value: undefined, fault: { message: cause instanceof Error ? cause.message : String(cause), line: 1 } }
  }
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** Text of a scalar; undefined for anything else and for blanks. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function numberIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')
}
