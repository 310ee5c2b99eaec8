/** What a page may consist of, as on the server: the server's word is final, this keeps strangers' HTML off the screen. */
const TAGS = new Set(
  (
    'a abbr aside audio b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em ' +
    'figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section ' +
    'small source span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul var video'
  ).split(' ')
)
const WITH_CONTENT = new Set(
  'script style template noscript iframe object embed svg math head title textarea option select'.split(' ')
)
const ATTRIBUTES = new Set(
  (
    'id class lang dir title aria-label aria-describedby aria-labelledby href name data-footnote-ref ' +
    'data-footnote-backref data-footnotes data-callout src alt width height controls preload poster loop muted ' +
    'playsinline type kind srclang label default span colspan rowspan headers scope abbr align open start reversed ' +
    'value datetime checked disabled data-html data-inline'
  ).split(' ')
)
const ADDRESSES = new Set(['href', 'src', 'poster'])

/** The harmless part of any HTML, built anew out of what is allowed; nothing of it runs or loads while this works. */
export function safeFragment(html: string): DocumentFragment {
  const inert = new DOMParser().parseFromString(html, 'text/html')
  const fragment = document.createDocumentFragment()
  copyInto(fragment, inert.body)
  return fragment
}

/** Pasted HTML without the costume of the program it comes from, ready for the editor. */
export function cleanPaste(html: string): string {
  const box = document.createElement('div')
  box.append(safeFragment(html))
  for (const element of box.querySelectorAll('[class], [id], [align], [dir], [lang]'))
    for (const name of ['class', 'id', 'align', 'dir', 'lang'])
      if (name !== 'class' || !element.matches('code, .callout, .callout-title, .task-list-item, .contains-task-list'))
        element.removeAttribute(name)
  for (const element of box.querySelectorAll('div:not([data-callout]):not(.callout), span, center, section'))
    element.replaceWith(...element.childNodes)
  return box.innerHTML
}

function copyInto(target: Node, source: Node): void {
  for (const child of source.childNodes) {
    if (child instanceof Text || child.nodeType === Node.TEXT_NODE) {
      target.appendChild(document.createTextNode(child.textContent ?? ''))
      continue
    }
    if (child.nodeType !== Node.ELEMENT_NODE || !isElement(child)) continue
    const tag = child.localName
    if (WITH_CONTENT.has(tag)) continue
    const copy = TAGS.has(tag) ? document.createElement(tag) : undefined
    if (copy) {
      for (const { name, value } of child.attributes) if (isAllowed(name, value)) copy.setAttribute(name, value)
      target.appendChild(copy)
    }
    copyInto(copy ?? target, child)
  }
}

const isElement = (node: Node): node is Element => 'attributes' in node

const isAllowed = (name: string, value: string): boolean =>
  ATTRIBUTES.has(name) && (!ADDRESSES.has(name) || isHarmlessAddress(value))

/** A relative address, or one of a scheme that shows or opens something. */
export function isHarmlessAddress(address: string): boolean {
  // Browsers overlook white space and control characters within a scheme.
  const bare = [...address].filter((letter) => letter.charCodeAt(0) > 32).join('')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(bare)?.[1]?.toLowerCase()
  return scheme === undefined || ['http', 'https', 'mailto', 'tel', 'file', 'item', 'blob'].includes(scheme)
}
