import type { Element, Root } from 'hast'
import { defaultSchema, type Options } from 'rehype-sanitize'
import { visit } from 'unist-util-visit'
import type { ImportWarning } from './course-import.ts'

const aria = ['ariaDescribedBy', 'ariaLabel', 'ariaLabelledBy']

/** What a page may consist of. Everything else is taken off its content, or with its content where `strip` says so. */
export const allowedHtml: Options = {
  tagNames: (
    'a abbr aside audio b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em ' +
    'figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section ' +
    'small source span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video'
  ).split(' '),
  attributes: {
    '*': ['id', 'lang', 'dir', 'title'],
    a: [
      ...aria,
      'href',
      'name',
      'dataFootnoteBackref',
      'dataFootnoteRef',
      ['className', 'data-footnote-backref', 'video-card']
    ],
    audio: ['src', 'controls', 'preload'],
    code: [['className', /^language-[\w+#.-]+$/]],
    col: ['span'],
    colgroup: ['span'],
    details: ['open', ['className', 'callout', /^callout-[a-z]+$/]],
    div: ['align', ['className', 'callout', /^callout-[a-z]+$/]],
    h2: [['className', 'sr-only', 'callout-title']],
    h3: [['className', 'callout-title']],
    h4: [['className', 'callout-title']],
    h5: [['className', 'callout-title']],
    h6: [['className', 'callout-title']],
    img: [...aria, 'src', 'alt', 'width', 'height'],
    input: [['disabled', true], ['type', 'checkbox'], 'checked'],
    li: [['className', 'task-list-item'], 'value'],
    ol: [['className', 'contains-task-list'], 'start', 'reversed', 'type'],
    ul: [['className', 'contains-task-list']],
    p: ['align'],
    section: ['dataFootnotes', ['className', 'footnotes']],
    source: ['src', 'type'],
    table: [...aria],
    td: ['align', 'colSpan', 'rowSpan', 'headers'],
    th: ['align', 'colSpan', 'rowSpan', 'headers', 'scope', 'abbr'],
    time: ['dateTime'],
    track: ['src', 'kind', 'srcLang', 'label', 'default'],
    video: ['src', 'controls', 'poster', 'width', 'height', 'preload', 'loop', 'muted', 'playsInline']
  },
  ancestors: defaultSchema.ancestors ?? {},
  clobber: ['ariaDescribedBy', 'ariaLabelledBy', 'id', 'name'],
  clobberPrefix: 'user-content-',
  // `asset:` and `page:` are missing on purpose: only the import itself writes them, after this.
  protocols: { href: ['http', 'https', 'mailto', 'tel'], src: ['http', 'https'], poster: ['http', 'https'] },
  required: { input: { disabled: true, type: 'checkbox' } },
  strip: [
    'script',
    'style',
    'template',
    'noscript',
    'iframe',
    'object',
    'embed',
    'form',
    'svg',
    'math',
    'head',
    'title'
  ]
}

const allowedTags = new Set(allowedHtml.tagNames)
const lostWithContent = new Set(allowedHtml.strip)
const withoutLoss = new Set(
  (
    'acronym address area article base basefont bdi bdo big body button data datalist dialog dir fieldset font footer ' +
    'frame frameset header hgroup html label legend link main map marquee menu meta meter nav nobr noframes optgroup ' +
    'option output param progress search select slot textarea wbr'
  ).split(' ')
)
const scriptUrl = /^[\s\p{Cc}]*(javascript|data|vbscript)[\s\p{Cc}]*:/iu

/** Whether a tag belongs to HTML, allowed or not. */
export function isKnownTag(name: string): boolean {
  const tag = name.toLowerCase()
  return allowedTags.has(tag) || lostWithContent.has(tag) || withoutLoss.has(tag)
}

/** What sanitising will take away and a teacher would miss, by line: call it before. */
export function htmlLost(tree: Root, path: string): ImportWarning[] {
  const warnings: ImportWarning[] = []
  visit(tree, 'element', (node) => {
    const loss = lossOf(node)
    if (loss === undefined) return
    const line = node.position?.start.line
    warnings.push({ code: 'course-import.html-removed', path, ...(line === undefined ? {} : { line }), message: loss })
  })
  return warnings
}

function lossOf(node: Element): string | undefined {
  const { tagName, properties } = node
  if (lostWithContent.has(tagName)) return `<${tagName}> is not allowed in a page and was left out with its content.`
  if (!allowedTags.has(tagName) && !withoutLoss.has(tagName)) {
    return `<${tagName}> is not known in a page; only the text within it was kept. If it was meant as text, write it as \`<${tagName}>\`.`
  }
  const handler = Object.keys(properties).find((name) => /^on/i.test(name))
  if (handler !== undefined) return `The script in “${handler.toLowerCase()}” of <${tagName}> was left out.`
  const address = [properties.href, properties.src].find((value) => typeof value === 'string' && scriptUrl.test(value))
  return address === undefined
    ? undefined
    : `The address of <${tagName}> is a script or embedded data and was left out.`
}
