import { canonical } from '../page-html/canonical.ts'

/** A page as its blocks, in order; words between blocks are blocks of their own. */
export function blocksOf(html: string): string[] {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return [...body.childNodes].flatMap((node) => {
    if (node.nodeType === Node.ELEMENT_NODE && 'outerHTML' in node) return [String(node.outerHTML)]
    const text = node.textContent?.trim() ?? ''
    if (text === '') return []
    const paragraph = document.createElement('p')
    paragraph.textContent = text
    return [paragraph.outerHTML]
  })
}

/** Two writings of the same block, and fresh signatures of the same files, are no difference. */
export const keyOfBlock = (block: string): string => canonical(block)
