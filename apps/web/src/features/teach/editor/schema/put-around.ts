import type { Fragment, Node } from '@tiptap/pm/model'
import { TextSelection, type Transaction } from '@tiptap/pm/state'

/**
 * Puts a node around the selected blocks of the page, or, where the cursor is deeper inside something, a fresh one after
 * that; the cursor goes to the end of it.
 * @param make the node around what it is given, or with nothing of its own
 */
export function putAround(tr: Transaction, doIt: boolean, make: (inside: Fragment | undefined) => Node): boolean {
  const { $from, $to } = tr.selection
  const range = $from.blockRange($to)
  if (!range) return false
  if (!doIt) return true
  const isTop = range.depth === 0
  const start = isTop ? range.start : $from.after(1)
  const node = make(isTop ? tr.doc.slice(range.start, range.end).content : undefined)
  if (isTop) tr.replaceWith(range.start, range.end, node)
  else tr.insert(start, node)
  tr.setSelection(TextSelection.near(tr.doc.resolve(start + node.nodeSize - 1), -1)).scrollIntoView()
  return true
}
