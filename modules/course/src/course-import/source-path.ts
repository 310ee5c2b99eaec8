import { posix } from 'node:path'

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
const litter = new Set(['__macosx', 'node_modules', 'thumbs.db', 'desktop.ini', '.ds_store'])
const markdown = /\.(md|markdown|mdown|rmd|qmd)$/i

/** Hidden files, and what operating systems and package managers leave lying about. */
export function isLitter(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || litter.has(part.toLowerCase()))
}

export function isMarkdown(path: string): boolean {
  return markdown.test(path)
}

export function withoutExtension(path: string): string {
  return path.slice(0, path.length - posix.extname(path).length)
}

export function folderOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

/** README and index files speak for their folder. */
export function isOverview(path: string): boolean {
  return isMarkdown(path) && /^(readme|index|_index)$/i.test(withoutExtension(posix.basename(path)))
}

/** Compares as a person would: `2-b` before `10-a`. Falls back to code points, so that the order is total. */
export function compareNaturally(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

/**
 * Where `target` leads from `folder`, both inside the source; undefined when it leaves the source.
 * Backslashes count as slashes; a leading slash means the root of the source.
 */
export function joinInside(folder: string, target: string): string | undefined {
  const slashed = target.replaceAll('\\', '/')
  const joined = posix.normalize(slashed.startsWith('/') ? slashed.slice(1) || '.' : posix.join(folder, slashed))
  if (joined === '..' || joined.startsWith('../') || joined.startsWith('/') || joined.includes('\0')) return undefined
  return joined === '.' || joined === './' ? '' : joined.replace(/\/$/, '').normalize('NFC')
}

/** The number a name starts with (`02-setup` is 2), which orders it and is no part of its title. */
export function numberOf(name: string): number | undefined {
  const digits = /^_?(\d{1,4})(?=[\s._)-]|$)/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** `02-getting_started.md` becomes `Getting started`. */
export function titleFromName(name: string): string {
  const words = withoutMarkdownExtension(name)
    .replace(/^_?\d{1,4}[\s._)-]+(?=\S)/, '')
    .replace(/[\s_-]+/g, ' ')
    .trim()
  return words === '' ? name : words.charAt(0).toLocaleUpperCase() + words.slice(1)
}

function withoutMarkdownExtension(name: string): string {
  return /\.[\p{L}\p{N}]{1,8}$/u.test(name) && !/^\d+\.\d+$/.test(name) ? withoutExtension(name) : name
}
