import { isPicture, type Variant, variants } from './rendition.ts'

/** The largest photograph phones make (8160 × 6144) passes; a small file that unpacks to gigabytes does not. */
const MAX_PIXELS = 64_000_000

/** Width and height as people see the picture, turned as its EXIF says. */
export async function dimensionsOf(
  path: string,
  mediaType: string
): Promise<{ width: number | null; height: number | null }> {
  if (!isPicture(mediaType)) return { width: null, height: null }
  try {
    const { autoOrient } = await (await openPicture(path)).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  } catch {
    return { width: null, height: null }
  }
}

let turn: Promise<unknown> = Promise.resolve()

/**
 * A smaller WebP, turned upright and without metadata (a photograph tells where it was taken). Undefined for what is
 * better served as it is: animated, broken or too large to open. One at a time: a page full of pictures must not
 * take the machine from everybody else.
 */
export function makeSmaller(path: string, variant: Variant): Promise<Buffer | undefined> {
  const made = turn.then(async () => {
    try {
      const { pages = 1 } = await (await openPicture(path)).metadata()
      if (pages > 1) return undefined
      const picture = await openPicture(path)
      return await picture
        .autoOrient()
        .resize({ width: variants[variant], withoutEnlargement: true })
        .webp({ quality: 80 })
        .toBuffer()
    } catch {
      return undefined
    }
  })
  turn = made
  return made
}

/** Loaded on first use: a process that never sees a picture does without the library's memory. */
async function openPicture(path: string) {
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1)
  sharp.cache(false)
  return sharp(path, { limitInputPixels: MAX_PIXELS, sequentialRead: true })
}
