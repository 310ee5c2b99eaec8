export interface Film {
  readonly site: 'YouTube' | 'Vimeo'
  /** The player that sets no cookies before it is used. */
  readonly player: string
}

/** A film of a site we know how to embed without being followed; `undefined` for any other address. */
export function filmOf(address: string): Film | undefined {
  const url = URL.parse(address)
  if (!url) return undefined
  const host = url.hostname.replace(/^(www|m|player)\./, '')
  const [first = '', second = ''] = url.pathname.split('/').filter((part) => part !== '')
  if (host === 'youtu.be') return youtube(first)
  if (host === 'youtube.com' || host === 'youtube-nocookie.com')
    return youtube(['embed', 'shorts', 'live'].includes(first) ? second : (url.searchParams.get('v') ?? ''))
  if (host === 'vimeo.com') return vimeo(first === 'video' ? second : first)
  return undefined
}

/** An address that a browser plays by itself. */
export const isMediaAddress = (address: string): boolean =>
  /\.(mp4|m4v|webm|ogv|mov)$/i.test(URL.parse(address)?.pathname ?? '')

const youtube = (id: string): Film | undefined =>
  /^[\w-]{6,20}$/.test(id)
    ? { site: 'YouTube', player: `https://www.youtube-nocookie.com/embed/${id}?rel=0&autoplay=1` }
    : undefined

const vimeo = (id: string): Film | undefined =>
  /^\d{4,15}$/.test(id) ? { site: 'Vimeo', player: `https://player.vimeo.com/video/${id}?dnt=1&autoplay=1` } : undefined
