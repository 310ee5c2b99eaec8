import sanitizeHtml, { type Attributes, type IOptions } from 'sanitize-html'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const FILE_REFERENCE = new RegExp(`^file:(${UUID})$`)
const ITEM_REFERENCE = new RegExp(`^item:${UUID}(#.*)?$`)
const OWN_FILE = new RegExp(`^/api/v1/files/(${UUID})/content(?:/|\\?|$)`)
const OWN_ITEM = new RegExp(`^/courses/(${UUID})/items/(${UUID})(?:\\?[^#]*)?(#.*)?$`)

/** Keeps ids out of the way of the screen's own, and of the browser's `window.<id>`. */
const ANCHOR_PREFIX = 'user-content-'

const ADDRESSES = ['href', 'src', 'poster'] as const

/** Everything a page may consist of: what is not named here is taken off its content. */
const ALLOWED: IOptions = {
  allowedTags: (
    'a abbr aside audio b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em ' +
    'figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p picture pre q rp rt ruby s samp ' +
    'section small source span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video'
  ).split(' '),
  nonTextTags: [
    'script',
    'style',
    'template',
    'noscript',
    'iframe',
    'object',
    'embed',
    'svg',
    'math',
    'head',
    'title',
    'textarea',
    'option'
  ],
  allowedAttributes: {
    '*': ['id', 'lang', 'dir', 'title', 'class', 'aria-label', 'aria-describedby', 'aria-labelledby'],
    a: ['href', 'name', 'rel', 'data-footnote-ref', 'data-footnote-backref'],
    audio: ['src', 'controls', 'preload'],
    col: ['span'],
    colgroup: ['span'],
    details: ['open'],
    div: ['align', 'data-callout'],
    img: ['src', 'alt', 'width', 'height'],
    input: ['type', 'checked', 'disabled'],
    li: ['value', 'data-type', 'data-checked'],
    ol: ['start', 'reversed', 'type'],
    ul: ['data-type'],
    p: ['align'],
    section: ['data-footnotes'],
    source: ['src', 'type'],
    td: ['align', 'colspan', 'rowspan', 'headers'],
    th: ['align', 'colspan', 'rowspan', 'headers', 'scope', 'abbr'],
    time: ['datetime'],
    track: ['src', 'kind', 'srclang', 'label', 'default'],
    video: ['src', 'controls', 'poster', 'width', 'height', 'preload', 'loop', 'muted', 'playsinline']
  },
  allowedClasses: {
    a: ['data-footnote-backref', 'video-card'],
    code: [/^language-[\w+#.-]+$/],
    details: ['callout', /^callout-[a-z]+$/],
    div: ['callout', /^callout-[a-z]+$/],
    h2: ['sr-only', 'callout-title'],
    h3: ['callout-title'],
    h4: ['callout-title'],
    h5: ['callout-title'],
    h6: ['callout-title'],
    li: ['task-list-item'],
    ol: ['contains-task-list'],
    section: ['footnotes'],
    span: ['broken-link'],
    ul: ['contains-task-list'],
    '*': []
  },
  allowedSchemes: ['https', 'file'],
  allowedSchemesByTag: { a: ['https', 'http', 'mailto', 'tel', 'file', 'item'] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'poster'],
  allowProtocolRelative: false,
  selfClosing: [...(sanitizeHtml.defaults.selfClosing ?? []), 'col', 'source', 'track'],
  // A picture without a source or a box that is no checkbox is nothing to read.
  exclusiveFilter: ({ tag, attribs }) =>
    (tag === 'img' && !attribs.src) || (tag === 'input' && attribs.type !== 'checkbox')
}

export interface PageFrame {
  readonly courseId: string
  /** Scheme and host of this school, where an editor may have made our addresses absolute. */
  readonly origin: string
}

/**
 * A page as its author sent it, made safe and normal: files are `file:<id>`, items of the same course
 * `item:<id>#<anchor>`, whatever signed or absolute form their addresses came in. Doing it again changes nothing.
 */
export function readPage(html: string, frame: PageFrame): { readonly html: string; readonly fileIds: string[] } {
  const fileIds = new Set<string>()
  const clean = sanitizeHtml(html, {
    ...ALLOWED,
    transformTags: {
      '*': (tagName, attribs) => ({ tagName, attribs: normalise(tagName, attribs, frame, fileIds) })
    }
  })
  return { html: clean.trim(), fileIds: [...fileIds] }
}

function normalise(tag: string, given: Attributes, frame: PageFrame, fileIds: Set<string>): Attributes {
  const attribs = { ...given }
  for (const name of ADDRESSES) {
    const address = attribs[name]
    if (address === undefined) continue
    const reference = referenceOf(address.trim(), frame)
    const fileId = FILE_REFERENCE.exec(reference)?.[1]
    if (fileId) fileIds.add(fileId)
    if (isBrokenReference(reference)) delete attribs[name]
    else attribs[name] = reference
  }
  for (const name of ['id', 'name'] as const) {
    const id = attribs[name]
    if (id !== undefined) attribs[name] = withPrefix(id)
  }
  if (tag === 'a') {
    delete attribs.rel
    if (/^https?:/i.test(attribs.href ?? '')) attribs.rel = 'noopener noreferrer'
  }
  if (tag === 'img') attribs.alt ??= ''
  if (tag === 'video' || tag === 'audio') attribs.controls = ''
  if (tag === 'input') attribs.disabled = ''
  return attribs
}

function referenceOf(address: string, { courseId, origin }: PageFrame): string {
  const path = origin !== '' && address.startsWith(`${origin}/`) ? address.slice(origin.length) : address
  const fileId = OWN_FILE.exec(path)?.[1]
  if (fileId) return `file:${fileId}`
  const [, ownCourse, itemId, anchor = ''] = OWN_ITEM.exec(path) ?? []
  if (itemId && ownCourse === courseId) return `item:${itemId}${anchor}`
  return address.startsWith('#') && address.length > 1 ? `#${withPrefix(address.slice(1))}` : address
}

const isBrokenReference = (address: string): boolean =>
  (address.startsWith('file:') && !FILE_REFERENCE.test(address)) ||
  (address.startsWith('item:') && !ITEM_REFERENCE.test(address))

const withPrefix = (id: string): string => (id.startsWith(ANCHOR_PREFIX) ? id : ANCHOR_PREFIX + id)
