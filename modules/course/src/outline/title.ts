import { invalidFields } from '@lyceum/platform/errors'

/** A title as somebody typed it, without the blanks around it; only blanks are no title. */
export function readTitle(typed: string): string {
  const title = typed.trim()
  if (title === '') throw invalidFields([{ field: '/title', code: 'blank', message: 'Give it a title.' }])
  return title
}
