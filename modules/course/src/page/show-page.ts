import type { File } from '@lyceum/file/contract'

export type ShownFile = Pick<File, 'id' | 'url' | 'mediaType' | 'width' | 'height'>

/** Widths in pixels that the file module makes smaller renditions of. */
const VARIANTS = [320, 640, 1280] as const

/** Text is set 48rem wide at most; below that a picture fills the screen. */
const SIZES = '(max-width: 48rem) 100vw, 48rem'

const TAG = /<(?:a|img|video|audio|source|track)\s[^>]*>/g
const FILE_ADDRESS = /\s(src|href|poster)="file:([0-9a-f-]{36})"/g
const ITEM_ADDRESS = /\shref="item:([0-9a-f-]{36})(#[^"]*)?"/

/**
 * A stored page with addresses that a browser can follow: files by their signed ones, pictures also in smaller
 * renditions, items of the course by their screens. A file that is gone keeps its reference, so that saving loses
 * nothing. Only tags are looked at, which the stored form writes with every `<` and `>` of a text escaped.
 */
export function showPage(html: string, courseId: string, files: readonly ShownFile[]): string {
  const byId = new Map(files.map((file) => [file.id, file]))
  return html.replace(TAG, (tag) =>
    tag
      .replace(FILE_ADDRESS, (written, attribute: string, id: string) => {
        const file = byId.get(id)
        if (!file?.url) return written
        const picture = tag.startsWith('<img') && attribute === 'src' ? pictureAttributes(tag, file, file.url) : ''
        return ` ${attribute}="${quoted(file.url)}"${picture}`
      })
      .replace(
        ITEM_ADDRESS,
        (_written, itemId: string, anchor = '') => ` href="/courses/${courseId}/items/${itemId}${anchor}"`
      )
  )
}

/** Saves a phone the bytes it cannot show, and the reader the jump when a picture arrives. */
function pictureAttributes(tag: string, { mediaType, width, height }: ShownFile, url: string): string {
  const lazily = ' loading="lazy"'
  const size =
    width !== null && height !== null && !/\s(?:width|height)=/.test(tag) ? ` width="${width}" height="${height}"` : ''
  if (!mediaType.startsWith('image/') || mediaType === 'image/svg+xml' || width === null) return lazily + size
  const smaller = VARIANTS.filter((variant) => variant < width)
  if (smaller.length === 0) return lazily + size
  const sources = [...smaller.map((variant) => `${url}&variant=w${variant} ${variant}w`), `${url} ${width}w`]
  return `${lazily}${size} srcset="${quoted(sources.join(', '))}" sizes="${SIZES}"`
}

const quoted = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
