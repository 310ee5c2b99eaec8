import type { FieldError } from '../errors.ts'

/** Deeper than anything a contract describes; further down, walking and storing it would cost more than it says. */
const DEEPEST = 64

/**
 * Texts that JSON can carry and PostgreSQL cannot keep: with a NUL character, or with half of a character that UTF-16
 * writes as two (a lone surrogate, as left by cutting an emoji in the middle). Named as JSON pointers (RFC 6901).
 */
export function unreadableTexts(value: unknown, pointer = '', depth = 0): FieldError[] {
  if (typeof value === 'string') return faultsOf(value, pointer)
  if (typeof value !== 'object' || value === null) return []
  if (depth === DEEPEST)
    return [{ field: pointer || '/', code: 'depth', message: `${pointer.slice(1)} is nested too deeply.` }]
  const faults: FieldError[] = []
  for (const [key, child] of Object.entries(value)) {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    faults.push(
      ...faultsOf(key, place.toWellFormed().replaceAll('\0', '')),
      ...unreadableTexts(child, place, depth + 1)
    )
    if (faults.length >= 20) break
  }
  return faults
}

function faultsOf(text: string, pointer: string): FieldError[] {
  const field = pointer || '/'
  const name = pointer.slice(1) || 'The text'
  if (text.includes('\0'))
    return [
      { field, code: 'characters', message: `${name} contains a NUL character, which cannot be stored. Remove it.` }
    ]
  if (!text.isWellFormed())
    return [
      {
        field,
        code: 'characters',
        message: `${name} contains half of a character, such as an emoji that was cut. Remove it or type it again.`
      }
    ]
  return []
}
