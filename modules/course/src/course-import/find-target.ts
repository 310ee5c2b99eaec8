import { posix } from 'node:path'
import type { MarkdownPage } from './markdown-page.ts'
import { folderOf, isMarkdown, joinInside, withoutExtension } from './source-path.ts'

/** The files of a source, arranged for looking up what a link means. */
export interface LinkIndex {
  files: Set<string>
  /** Pages of the course; drafts are not among them. */
  pages: Map<string, MarkdownPage>
  /** Lower-case path to path. */
  folded: Map<string, string>
  /** Folders whose pages are published side by side, as The Carpentries do: a name is looked for in each. */
  flatFolders: string[]
  /** Where links with a leading slash start; empty for the root of the source. */
  siteRoot: string
}

export type Target =
  | { kind: 'page'; path: string; otherCase: boolean }
  | { kind: 'file'; path: string; otherCase: boolean }
  | { kind: 'draft'; path: string }
  | { kind: 'outside' }
  | { kind: 'missing' }

/** What a relative link without query and fragment, percent-encoded or not, means on the page `from`. */
export function findTarget(index: LinkIndex, from: string, link: string): Target {
  const target = decodeLink(link)
  const bases = target.startsWith('/') ? [index.siteRoot, ''] : [folderOf(from)]
  const relative = target.startsWith('/') ? target.slice(1) : target
  const joined = bases.map((base) => joinInside(base, relative))
  const inside = joined.filter((path) => path !== undefined)
  const name = posix.basename(relative.replaceAll('\\', '/'))
  const flat = name === '' ? [] : index.flatFolders.map((folder) => (folder === '' ? name : `${folder}/${name}`))
  for (const path of [...inside, ...flat]) {
    const found = candidates(path)
      .map((candidate) => match(index, candidate))
      .find((hit) => hit !== undefined)
    if (found) return found
  }
  return inside.length === 0 ? { kind: 'outside' } : { kind: 'missing' }
}

/** The spellings of one place: the file, the page a generator makes `.html` of, or the overview of a folder. */
function candidates(path: string): string[] {
  const bare = withoutExtension(path)
  const page = /\.html?$/i.test(path) ? [`${bare}.md`, `${bare}.Rmd`, `${bare}/index.md`] : []
  const folder = path === '' ? '' : `${path}/`
  const overview = [`${folder}README.md`, `${folder}index.md`, `${folder}_index.md`, `${folder}readme.md`]
  return [path, ...page, `${path}.md`, `${path}.Rmd`, `${path}.markdown`, ...overview].filter(
    (candidate) => candidate !== ''
  )
}

function match(index: LinkIndex, path: string): Target | undefined {
  const actual = index.files.has(path) ? path : index.folded.get(path.toLowerCase())
  if (actual === undefined) return undefined
  const otherCase = actual !== path && posix.basename(actual).toLowerCase() !== 'readme.md'
  if (index.pages.has(actual)) return { kind: 'page', path: actual, otherCase }
  return isMarkdown(actual) ? { kind: 'draft', path: actual } : { kind: 'file', path: actual, otherCase }
}

function decodeLink(link: string): string {
  try {
    return decodeURIComponent(link)
  } catch {
    return link
  }
}
