import type { List, ListItem, Root } from 'mdast'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { EXIT, visit } from 'unist-util-visit'
import { folderOf, joinInside } from '../source-path.ts'
import type { MenuEntry } from './navigation.ts'

/**
 * A menu written as a Markdown list of links: Docsify's `_sidebar.md`, the `SUMMARY.md` of mdBook and GitBook.
 * Headings below the first make units (mdBook's parts). `path` is the file itself, from which links are relative.
 */
export function readLinkList(markdown: string, path: string, isListed: (path: string) => boolean): MenuEntry[] {
  const tree = unified().use(remarkParse).parse(markdown)
  const menu: MenuEntry[] = []
  let part: MenuEntry | undefined
  for (const node of tree.children) {
    if (node.type === 'heading' && tree.children.indexOf(node) > 0) {
      part = { title: textIn(node), children: [] }
      menu.push(part)
    }
    // Chapters before and after the numbered ones are bare links in mdBook.
    if (node.type === 'paragraph') menu.push(...linksIn(node).map((link) => entryFor(link, path, isListed)))
    if (node.type === 'list') (part?.children ?? menu).push(...listEntries(node, path, isListed))
  }
  return menu.filter((entry) => entry.children.length > 0 || entry.path !== undefined || entry.url !== undefined)
}

interface WrittenLink {
  url: string
  title: string
  line: number | undefined
}

function listEntries(list: List, path: string, isListed: (path: string) => boolean): MenuEntry[] {
  return list.children.map((item) => {
    const children = item.children.flatMap((child) => (child.type === 'list' ? listEntries(child, path, isListed) : []))
    const head = item.children.find((child) => child.type === 'paragraph')
    const [link] = head ? linksIn(head) : []
    if (link) return { ...entryFor(link, path, isListed), children }
    return { title: head ? textIn(head) : '', children }
  })
}

function entryFor({ url, title, line }: WrittenLink, path: string, isListed: (path: string) => boolean): MenuEntry {
  const common = { title, children: [], ...(line === undefined ? {} : { line }) }
  if (/^[a-z][a-z+.-]*:/i.test(url)) return /^https?:/i.test(url) ? { ...common, url } : common
  const written = decode(url.replace(/[?#].*$/, ''))
  // A draft chapter of mdBook has a title and no target.
  if (written === '') return common
  const target = joinInside(written.startsWith('/') ? '' : folderOf(path), written) ?? written
  const spellings = [target, `${target}.md`, `${target}/README.md`, `${target}/index.md`, 'README.md']
  const found = spellings.slice(0, target === '' ? 5 : 4).find(isListed)
  return { ...common, path: found ?? target }
}

function linksIn(node: ListItem | Root['children'][number]): WrittenLink[] {
  const links: WrittenLink[] = []
  visit(node, 'link', (link) => {
    links.push({ url: link.url, title: textIn(link), line: link.position?.start.line })
  })
  return links
}

function textIn(node: Root['children'][number]): string {
  let text = ''
  visit(node, (child) => {
    if (child.type === 'list') return EXIT
    if ('value' in child) text += child.value
  })
  return text.replace(/\s+/g, ' ').trim()
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
