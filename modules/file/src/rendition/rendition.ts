/** Widths that pages ask for, in CSS pixels: a phone, a phone of double density, a wide screen. */
export const variants = { w320: 320, w640: 640, w1280: 1280 } as const

export type Variant = keyof typeof variants

export const isVariant = (text: string): text is Variant => Object.hasOwn(variants, text)

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff'])

/** Pictures made of pixels that can be made smaller here. SVG needs no rendition. */
export const isPicture = (mediaType: string): boolean => PICTURES.has(mediaType)
