const SAME_AS: Readonly<Record<string, string>> = { b: 'strong', i: 'em', del: 's', strike: 's' }
const BLOCKS = new Set(
  (
    'address aside blockquote caption center col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ' +
    'ol p pre section summary table tbody td tfoot th thead tr ul lyceum-raw'
  ).split(' ')
)
const ATOMS = new Set(['img', 'br', 'input', 'video', 'audio', 'picture', 'lyceum-raw-inline'])
/** Written by the server anew at every save and every showing. */
const NOT_TOLD = new Set(['rel', 'srcset', 'sizes', 'loading', 'disabled', 'target'])
const ATOM = '\u{fffc}'
const LINE_BREAK = `${ATOM}br{`
/** Blanks around a line break are not seen. */
const LINE_END = / ?((?:‹[^›]*›)?\u{fffc}br\{\}) ?/gu
const FILE = /\/api\/v1\/files\/([0-9a-f-]{36})\/content[^"]*$/

/**
 * What a piece of a page says, whichever way it is written: two writings that look and mean the same have the same form.
 * White space, empty lines at the end of code, the nesting order of marks, `b` for `strong`, the paragraph in a list item and signatures of files do
 * not count; everything else does.
 */
export function canonical(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return blocks(body)
}

function blocks(parent: Element): string {
  const written: string[] = []
  let run: Run[] = []
  const close = () => {
    const text = textOf(run)
    if (text !== '') written.push(`p{${text}}`)
    run = []
  }
  for (const child of parent.childNodes) {
    if (isElement(child) && isBlock(child)) {
      close()
      written.push(block(child))
    } else run.push(...runs(child, []))
  }
  close()
  return written.join('')
}

function block(element: Element): string {
  const tag = element.localName
  if (tag === 'lyceum-raw') return blocks(parse(element.getAttribute('data-html') ?? ''))
  // Whether rows are gathered in a body or a head follows from their cells.
  if (tag === 'thead' || tag === 'tbody') return blocks(element)
  if (tag === 'pre') return `pre${attributes(element)}{${element.innerHTML.replace(/\n+(?=(<\/code>)?$)/, '')}}`
  const attributesWritten = attributes(element)
  if (tag === 'p') {
    const text = textOf([...element.childNodes].flatMap((child) => runs(child, [])))
    return text === '' && attributesWritten === '' ? '' : `p${attributesWritten}{${text}}`
  }
  return `${tag}${attributesWritten}{${blocks(element)}}`
}

interface Run {
  readonly text: string
  readonly marks: readonly string[]
}

function runs(node: Node, marks: readonly string[]): Run[] {
  if (!isElement(node)) return node.nodeType === Node.TEXT_NODE ? [{ text: node.textContent ?? '', marks }] : []
  const tag = node.localName
  if (tag === 'lyceum-raw-inline')
    return [...parse(node.getAttribute('data-html') ?? '').childNodes].flatMap((child) => runs(child, marks))
  if (ATOMS.has(tag)) return [{ text: `${ATOM}${tag}${attributes(node)}{${children(node)}}`, marks }]
  const mark = `${SAME_AS[tag] ?? tag}${attributes(node)}`
  // An element with nothing in it may be the target of a link.
  if (node.childNodes.length === 0) return [{ text: `${ATOM}${mark}`, marks }]
  return [...node.childNodes].flatMap((child) => runs(child, [...marks, mark]))
}

const children = (element: Element): string =>
  [...element.children].map((child) => `${child.localName}${attributes(child)}{${children(child)}}`).join('')

/** Word by word, each with its marks; a blank looks the same with and without them. */
function textOf(parts: readonly Run[]): string {
  let written = ''
  let before: string | undefined
  for (const { text, marks } of parts) {
    const key = marks.toSorted().join('+')
    for (const piece of text.startsWith(ATOM) ? [text] : (text.match(/[ \t\n\r\f]+|[^ \t\n\r\f]+/g) ?? [])) {
      const blank = /^[ \t\n\r\f]/.test(piece)
      if (!blank) written += key === before ? piece : `‹${key}›${piece}`
      else if (!written.endsWith(' ')) written += ' '
      before = blank || piece.startsWith(LINE_BREAK) ? undefined : key
    }
  }
  return written.replace(LINE_END, '$1').trim()
}

const attributes = (element: Element): string =>
  [...element.attributes]
    .filter(({ name, value }) => !NOT_TOLD.has(name) && !(name === 'class' && value.trim() === ''))
    .map(({ name, value }) => `[${name}=${attributeValue(name, value)}]`)
    .toSorted()
    .join('')

function attributeValue(name: string, value: string): string {
  if (name === 'class') return value.trim().split(/\s+/).toSorted().join(' ')
  const file = name === 'src' || name === 'href' || name === 'poster' ? FILE.exec(value)?.[1] : undefined
  return file ? `file:${file}` : value
}

const isBlock = (element: Element): boolean => BLOCKS.has(element.localName)

const isElement = (node: Node): node is Element => node.nodeType === Node.ELEMENT_NODE

const parse = (html: string): Element => new DOMParser().parseFromString(html, 'text/html').body
