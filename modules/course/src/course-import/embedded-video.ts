import type { Element, ElementContent, Root } from 'hast'
import { toString as plainText } from 'hast-util-to-string'
import { SKIP, visit } from 'unist-util-visit'
import type { ImportWarning } from './course-import.ts'
import type { Labels } from './labels.ts'

/**
 * Films of YouTube and Vimeo become plain links, `a.video-card`: nothing of another site is loaded before the learner
 * asks for it, and a page needs no permission to frame others. That goes for frames, with a warning, and for the
 * habit of linking a thumbnail to the film.
 */
export function linkEmbeddedVideo(tree: Root, path: string, labels: Labels): ImportWarning[] {
  const warnings: ImportWarning[] = []
  visit(tree, 'element', (node, index, parent) => {
    if (!parent || index === undefined) return
    if (node.tagName === 'iframe') {
      const address = filmAddress(String(node.properties.src ?? ''))
      if (address === undefined) return
      const line = node.position?.start.line
      const message = 'The embedded film was turned into a link to it.'
      warnings.push({ code: 'course-import.frame-linked', path, ...(line === undefined ? {} : { line }), message })
      parent.children[index] = card(address, String(node.properties.title ?? '') || labels.video, node)
      return SKIP
    }
    if (node.tagName === 'a' && isThumbnail(node)) {
      const address = filmAddress(String(node.properties.href ?? ''))
      if (address !== undefined) parent.children[index] = card(address, altText(node) || labels.video, node)
    }
  })
  return warnings
}

/** The address of the film's own page; undefined when it is none of theirs, or not https. */
function filmAddress(source: string): string | undefined {
  const url = URL.parse(source.startsWith('//') ? `https:${source}` : source)
  if (url?.protocol !== 'https:') return undefined
  const host = url.hostname.replace(/^www\.|^m\./, '')
  const id = /^\/(?:embed\/|video\/|shorts\/|live\/)?([\w-]+)\/?$/.exec(url.pathname)?.[1]
  if (host === 'youtu.be' && id !== undefined) return `https://www.youtube.com/watch?v=${id}`
  if (host === 'youtube.com' || host === 'youtube-nocookie.com') {
    const film = url.searchParams.get('v') ?? (id === 'watch' || id === 'playlist' || id === 'videoseries' ? null : id)
    const list = url.searchParams.get('list')
    if (film) return `https://www.youtube.com/watch?v=${encodeURIComponent(film)}`
    return list === null ? undefined : `https://www.youtube.com/playlist?list=${encodeURIComponent(list)}`
  }
  if ((host === 'vimeo.com' || host === 'player.vimeo.com') && id !== undefined) return `https://vimeo.com/${id}`
  return undefined
}

function isThumbnail(link: Element): boolean {
  const [only, ...others] = link.children.filter((child) => !(child.type === 'text' && child.value.trim() === ''))
  if (others.length > 0 || only?.type !== 'element' || only.tagName !== 'img') return false
  return /^https?:\/\/(img\.youtube\.com|i\d?\.ytimg\.com|i\.vimeocdn\.com)\//.test(String(only.properties.src ?? ''))
}

function altText(link: Element): string {
  const image = link.children.find((child): child is Element => child.type === 'element' && child.tagName === 'img')
  return String(image?.properties.alt ?? '') || plainText(link)
}

function card(href: string, title: string, source: Element): ElementContent {
  return {
    type: 'element',
    tagName: 'a',
    properties: { href, className: ['video-card'] },
    children: [{ type: 'text', value: title }],
    ...(source.position ? { position: source.position } : {})
  }
}
