const MAY_HOLD_WORDS = new Set(['li', 'td', 'th', 'summary', 'figcaption', 'dt', 'dd', 'div', 'blockquote'])

/** What the editor's schema writes, in the form that pages are kept in. */
export function tidy(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  for (const item of body.querySelectorAll('li[data-checked]')) addBox(item)
  // There is always room to write on at the end of an editor; of a page that is no part.
  while (body.lastElementChild?.matches('p[data-bare]:empty')) body.lastElementChild.remove()
  for (const paragraph of body.querySelectorAll('p[data-bare]')) unwrap(paragraph)
  for (const table of body.querySelectorAll('table')) addHead(table)
  // As Markdown writes it; `openPage` takes it off again.
  for (const code of body.querySelectorAll('pre > code')) code.append('\n')
  for (const raw of body.querySelectorAll('lyceum-raw, lyceum-raw-inline'))
    raw.replaceWith(
      ...new DOMParser().parseFromString(raw.getAttribute('data-html') ?? '', 'text/html').body.childNodes
    )
  return body.innerHTML
}

function addBox(item: Element): void {
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.setAttribute('disabled', '')
  if (item.getAttribute('data-checked') === 'true') box.setAttribute('checked', '')
  item.removeAttribute('data-checked')
  const first = item.firstElementChild
  const words = first?.localName === 'p' ? first : item
  words.prepend(box, ' ')
}

/** A paragraph that the editor alone needed goes, where words may stand by themselves and do not run into others. */
function unwrap(paragraph: Element): void {
  paragraph.removeAttribute('data-bare')
  const { parentElement: parent, previousSibling: before, attributes } = paragraph
  const runsOn = before !== null && (before.nodeType === Node.TEXT_NODE || isInline(before))
  if (parent && MAY_HOLD_WORDS.has(parent.localName) && attributes.length === 0 && !runsOn)
    paragraph.replaceWith(...paragraph.childNodes)
}

function addHead(table: HTMLTableElement): void {
  const rows = [...table.rows].filter((row) => row.closest('table') === table)
  const isHead = (row: HTMLTableRowElement) => [...row.cells].every((cell) => cell.localName === 'th')
  const end = rows.findIndex((row) => !isHead(row))
  const heads = end < 0 ? rows.slice(0, 1).filter(isHead) : rows.slice(0, end)
  if (heads.length === 0) return
  const head = document.createElement('thead')
  head.append(...heads)
  table.prepend(head)
  for (const body of table.tBodies) if (body.rows.length === 0) body.remove()
}

const isInline = (node: Node): boolean =>
  'localName' in node &&
  /^(a|abbr|b|br|cite|code|del|dfn|em|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|tt|u|var)$/.test(
    String(node.localName)
  )
