/** What `apps/web/src/draw.tsx` makes of a request; see there. */
export interface Drawn {
  readonly language: string
  readonly direction: string
  readonly title: string
  readonly root: string | undefined
  readonly chunk: string | undefined
  readonly personal: boolean
  readonly served: object
}

interface Chunk {
  readonly file: string
  readonly name?: string
  readonly css?: readonly string[]
}

/** What a chunk needs in the head, by its name: its styles before the picture, its code after it. */
export function linksOf(manifest: Readonly<Record<string, Chunk>>): ReadonlyMap<string, string> {
  return new Map(
    Object.values(manifest).map(({ name = '', file, css = [] }) => [
      name,
      [
        ...css.map((href) => `<link rel="stylesheet" crossorigin href="/${href}">`),
        `<link data-later crossorigin href="/${file}">`
      ].join('')
    ])
  )
}

/** Puts what was drawn into the built page; what people wrote is escaped here, the picture by React. */
export function fillPage(
  template: string,
  { language, direction, title, root, chunk, served }: Drawn,
  links: ReadonlyMap<string, string>
): string {
  const head = [`words-${language}`, ...(chunk ? [chunk] : [])].map((name) => links.get(name) ?? '').join('')
  const data = `<script type="application/json" id="served">${JSON.stringify(served).replaceAll('<', '\\u003c')}</script>`
  const page = template
    .replace('<html lang="en" dir="ltr">', `<html lang="${language}" dir="${direction}">`)
    .replace(/<title>.*?<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace('</body>', () => `${data}</body>`)
  if (root === undefined) return page.replace('</head>', () => `${head}</head>`)
  return page
    .replace(/<link rel="preload" as="style"[^>]*href="([^"]+)">/g, '<link rel="stylesheet" crossorigin href="$1">')
    .replace('</head>', () => `${head}</head>`)
    .replace(/<div id="root">[\s\S]*?<\/div>\s*(?=<noscript>)/, () => `<div id="root">${root}</div>`)
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** `ar-EG,ar;q=0.9,en;q=0.8` → `['ar-EG', 'ar', 'en']` (RFC 9110 §12.5.4). */
export function languagesOf(header = ''): readonly string[] {
  return header
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';').map((part) => part.trim())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => isLanguageTag(tag) && quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag)
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** The one script that stands in the page itself, exactly as the browser digests it. */
export const inlineScript = (template: string): string => /<script>([\s\S]*?)<\/script>/.exec(template)?.[1] ?? ''
