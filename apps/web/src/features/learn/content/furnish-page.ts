export interface PageWords {
  readonly copy: string
  readonly copied: string
  readonly code: string
  readonly table: string
  readonly newTab: string
  readonly enlarge: (name: string) => string
}

/**
 * Puts handles on what a page holds: a button to copy code, a frame to scroll wide tables in, pictures to enlarge. What
 * is added bears `data-added`, so that a position in the page does not depend on it.
 */
export function furnishPage(root: HTMLElement, words: PageWords): void {
  for (const pre of root.querySelectorAll('pre')) furnishCode(pre, words)
  for (const table of root.querySelectorAll('table')) wrap(table, 'table-box', words.table)
  for (const picture of root.querySelectorAll('img')) furnishPicture(picture, words)
  for (const link of root.querySelectorAll<HTMLAnchorElement>('a[href]')) furnishLink(link, words)
  for (const box of root.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')) nameBox(box)
  for (const film of root.querySelectorAll('video, audio')) film.setAttribute('preload', 'metadata')
}

function furnishCode(pre: HTMLPreElement, { code, copy, copied }: PageWords): void {
  const box = wrap(pre, 'code-box', code)
  pre.dir = 'ltr'
  const language = /language-([\w+#.-]+)/.exec(pre.querySelector('code')?.className ?? '')?.[1]
  const bar = document.createElement('div')
  bar.className = 'code-bar'
  bar.dataset.added = ''
  const name = document.createElement('span')
  name.textContent = language ?? ''
  name.dir = 'ltr'
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = copy
  button.addEventListener('click', () => {
    void copyText(pre.textContent ?? '').then((done) => {
      if (!done) return
      button.textContent = copied
      setTimeout(() => {
        button.textContent = copy
      }, 2_000)
    })
  })
  bar.append(name, button)
  box.before(bar)
  const frame = document.createElement('div')
  frame.className = 'code'
  bar.before(frame)
  frame.append(bar, box)
}

/** What is wider than the screen scrolls by itself, by keyboard too. */
function wrap(element: HTMLElement, className: string, label: string): HTMLElement {
  const box = document.createElement('div')
  box.className = className
  box.tabIndex = 0
  box.setAttribute('role', 'region')
  box.setAttribute('aria-label', label)
  element.before(box)
  box.append(element)
  return box
}

function furnishPicture(picture: HTMLImageElement, { enlarge }: PageWords): void {
  picture.loading = 'lazy'
  picture.decoding = 'async'
  const { width, height } = picture
  // Keeps its place free before it has come, at whatever width it will have.
  if (picture.hasAttribute('width') && picture.hasAttribute('height') && width > 0 && height > 0)
    picture.style.aspectRatio = `${picture.getAttribute('width')} / ${picture.getAttribute('height')}`
  if (picture.closest('a, button, summary')) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'zoom'
  button.setAttribute('aria-label', enlarge(picture.alt))
  picture.before(button)
  button.append(picture)
}

function furnishLink(link: HTMLAnchorElement, { newTab }: PageWords): void {
  if (link.origin === location.origin || !/^https?:$/.test(link.protocol)) return
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
  link.title = link.title ? `${link.title} (${newTab})` : newTab
}

function nameBox(box: HTMLInputElement): void {
  box.setAttribute('aria-label', box.closest('li')?.textContent?.trim().slice(0, 120) ?? '')
}

/** The clipboard needs a secure address; a school's own network may have none. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
