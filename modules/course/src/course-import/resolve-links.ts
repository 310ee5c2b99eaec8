import type { Element, ElementContent, Root } from 'hast'
import { visit } from 'unist-util-visit'
import type { ImportWarning } from './course-import.ts'
import { findTarget, type LinkIndex, type Target } from './find-target.ts'
import { anchorPrefix, lettersOf, type MarkdownPage } from './markdown-page.ts'

type Resolved = { reference: string } | { problem: string; code: string } | { external: true }

/**
 * Points the links, images and media of a page at the pages and files of the course (`page:` and `asset:`), in place.
 * What leads nowhere keeps its text in `span.broken-link`. Returns the files that are needed, and what to warn of.
 */
export function resolveLinks(page: MarkdownPage, index: LinkIndex): { assets: Set<string>; warnings: ImportWarning[] } {
  const assets = new Set<string>()
  const warnings: ImportWarning[] = []
  const remoteHosts = new Set<string>()
  const warn = (node: Element, code: string, message: string): void => {
    const line = node.position?.start.line
    warnings.push({ code: `course-import.${code}`, path: page.path, ...(line === undefined ? {} : { line }), message })
  }
  const resolve = (node: Element, name: 'href' | 'src' | 'poster'): boolean => {
    const link = node.properties[name]
    if (typeof link !== 'string') return false
    const found = resolveLink(
      page,
      index,
      link,
      name !== 'href',
      (path) => assets.add(path),
      (code, message) => warn(node, code, message)
    )
    if ('reference' in found) node.properties[name] = found.reference
    if ('problem' in found) warn(node, found.code, found.problem)
    if ('external' in found && name !== 'href') remoteHosts.add(URL.parse(link, 'https://unknown/')?.hostname ?? link)
    return !('problem' in found)
  }
  visitBackwards(page.tree, (node, replace) => {
    if (node.tagName === 'a' && node.properties.href !== undefined && !resolve(node, 'href'))
      replace(broken(node.children))
    if (node.tagName === 'img') {
      if (resolve(node, 'src')) node.properties.loading = 'lazy'
      else
        replace(
          broken([{ type: 'text', value: String(node.properties.alt ?? '') || String(node.properties.src ?? '') }])
        )
    }
    if (node.tagName === 'source' || node.tagName === 'track') if (!resolve(node, 'src')) replace(undefined)
    if (node.tagName === 'video' || node.tagName === 'audio') {
      node.properties.controls = true
      if (node.properties.poster !== undefined && !resolve(node, 'poster')) delete node.properties.poster
      const plays = node.children.some((child) => child.type === 'element' && child.tagName === 'source')
      if (node.properties.src === undefined ? !plays : !resolve(node, 'src')) replace(broken(node.children))
    }
  })
  if (remoteHosts.size > 0) warnings.push(remoteMedia(page.path, [...remoteHosts].sort()))
  return { assets, warnings: warnings.reverse() }
}

/** `page:` and `asset:` references: each part of the path percent-encoded, so that no quote, `#` or `?` is left. */
function referenceTo(kind: 'page' | 'asset', path: string, anchor?: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  return `${kind}:${encoded}${anchor === undefined ? '' : `#${anchorPrefix}${encodeURIComponent(anchor)}`}`
}

function resolveLink(
  page: MarkdownPage,
  index: LinkIndex,
  link: string,
  isMedia: boolean,
  need: (path: string) => void,
  warn: (code: string, message: string) => void
): Resolved {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(link)) return { external: true }
  const [, path = '', fragment] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(link) ?? []
  if (path === '') return { reference: ownAnchor(page, fragment, warn) }
  const target = findTarget(index, page.path, path)
  if (target.kind === 'missing' || target.kind === 'outside' || target.kind === 'draft')
    return problemWith(target, link)
  if (target.otherCase) {
    warn(
      'link-differs-in-case',
      `“${readable(path)}” is written “${target.path}” in the source; capital letters matter on most servers.`
    )
  }
  if (target.kind === 'file') {
    need(target.path)
    return { reference: referenceTo('asset', target.path) }
  }
  if (isMedia) return { code: 'link-broken', problem: `“${readable(link)}” is a page, not an image or a recording.` }
  const other = index.pages.get(target.path)
  const anchor = other && fragment ? findAnchor(other, fragment) : undefined
  if (fragment && anchor === undefined && other && !isTop(other, fragment)) {
    warn(
      'anchor-missing',
      `“${target.path}” has no heading “#${readable(fragment)}”; the link leads to the top of the page.`
    )
  }
  return { reference: referenceTo('page', target.path, anchor) }
}

function ownAnchor(
  page: MarkdownPage,
  fragment: string | undefined,
  warn: (code: string, message: string) => void
): string {
  if (!fragment || isTop(page, fragment)) return referenceTo('page', page.path)
  const anchor = findAnchor(page, fragment)
  if (anchor !== undefined) return `#${anchorPrefix}${encodeURIComponent(anchor)}`
  warn('anchor-missing', `This page has no heading “#${readable(fragment)}”; the link leads to the top of the page.`)
  return referenceTo('page', page.path)
}

function isTop(page: MarkdownPage, fragment: string): boolean {
  const wanted = lettersOf(readable(fragment))
  return wanted === 'top' || (page.titleAnchor !== undefined && lettersOf(page.titleAnchor) === wanted)
}

function findAnchor(page: MarkdownPage, fragment: string): string | undefined {
  const written = readable(fragment)
  const anchor = page.anchors.has(written) ? written : page.anchorsByLetters.get(lettersOf(written))
  return anchor === page.titleAnchor ? undefined : anchor
}

function problemWith(
  target: Exclude<Target, { kind: 'page' | 'file' }>,
  link: string
): { problem: string; code: string } {
  const name = readable(link)
  if (target.kind === 'draft')
    return { code: 'link-to-draft', problem: `“${name}” leads to a draft, which was not imported.` }
  if (target.kind === 'outside') {
    return { code: 'link-broken', problem: `“${name}” leads out of the course folder. Copy the file into the course.` }
  }
  return { code: 'link-broken', problem: `“${name}” is not in the course. Add the file or correct the link.` }
}

function readable(link: string): string {
  try {
    return decodeURIComponent(link)
  } catch {
    return link
  }
}

function broken(children: ElementContent[]): Element {
  return { type: 'element', tagName: 'span', properties: { className: ['broken-link'] }, children }
}

/** Inner before outer and last before first, so that replacing a node moves none that is yet to be seen. */
function visitBackwards(tree: Root, see: (node: Element, replace: (by: Element | undefined) => void) => void): void {
  const found: { node: Element; index: number; parent: Root | Element }[] = []
  visit(tree, 'element', (node, index, parent) => {
    if (index !== undefined && (parent?.type === 'root' || parent?.type === 'element'))
      found.push({ node, index, parent })
  })
  for (const { node, index, parent } of found.reverse()) {
    see(node, (by) => {
      parent.children.splice(index, 1, ...(by ? [by] : []))
    })
  }
}

function remoteMedia(path: string, hosts: string[]): ImportWarning {
  const message = `This page shows images or recordings from other sites (${hosts.join(', ')}), which learn who reads it. Copy them into the course.`
  return { code: 'course-import.media-on-other-sites', path, message }
}
