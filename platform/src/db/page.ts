import type { Page } from '../contract/schema.ts'
import { defineError } from '../errors.ts'

const CursorInvalid = defineError(
  'request.cursor-invalid',
  'invalid',
  () => 'That cursor is not from this list. Start again without it.',
  () => ({
    errors: [{ field: '/cursor', code: 'invalid', message: 'not a cursor of this list' }]
  })
)

/** The sort key of the last row a reader has seen, opaque to clients. */
export function readCursor(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined
  const key = parseKey(cursor)
  if (!key || key.length !== parts) throw CursorInvalid()
  return key
}

function parseKey(cursor: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Cuts one page from rows selected with `limit + 1`, in key order: the extra row only tells that there is more.
 * @param key the sort key of a row, as text, in the order the query sorts by
 */
export function cutPage<Row>(rows: readonly Row[], limit: number, key: (row: Row) => string[]): Page<Row> {
  const entries = rows.slice(0, limit)
  const last = entries.at(-1)
  const more = rows.length > limit && last !== undefined
  return { entries, nextCursor: more ? Buffer.from(JSON.stringify(key(last))).toString('base64url') : null }
}
