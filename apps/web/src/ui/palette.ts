/** Ten tones of one colour, light to dark, as Mantine wants them. */
export type Palette = readonly [string, string, string, string, string, string, string, string, string, string]

/** White on the filled tone, and the text tone on the page, must reach this (WCAG 2.2 SC 1.4.3, AA). */
export const TEXT_CONTRAST = 4.5
/** A filled tone of at least this contrast leaves room for rounding to 8 bits. */
const FILLED_MIN = 4.7
const FILLED_MAX = 11

/**
 * A palette out of any school colour. Each tone is found by its contrast with white, not by its lightness, so that the
 * same tone is readable in the same places whatever the hue. Tone 6 is filled with white text on it, and is the school's
 * own colour if that is dark enough; tone 5 is the same for dark screens, where a deep colour would drown.
 * @param color `#rrggbb`
 */
export function paletteOf(color: string): Palette {
  const { c, h } = toOklch(color)
  const own = contrast(color, '#ffffff')
  const filled = Math.min(Math.max(own, FILLED_MIN), FILLED_MAX)
  const tone = (target: number, chroma: number) => toneOfContrast(target, Math.min(c, 0.2) * chroma, h)
  const darker = (step: number) => Math.min(filled * step, 18)
  return [
    tone(1.06, 0.18),
    tone(1.16, 0.34),
    tone(1.36, 0.55),
    tone(1.72, 0.75),
    tone(2.4, 0.95),
    tone(FILLED_MIN - 0.05, 1),
    own === filled ? color.toLowerCase() : tone(filled, 1),
    tone(darker(1.16), 0.97),
    tone(darker(1.36), 0.92),
    tone(darker(1.7), 0.85)
  ]
}

/** WCAG 2.2 contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const a = luminance(one)
  const b = luminance(other)
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

/** The lightness is searched for: contrast falls as lightness grows, for every hue. Twelve halvings pass 8 bits. */
function toneOfContrast(target: number, chroma: number, hue: number): string {
  const wanted = 1.05 / target - 0.05
  let dark = 0
  let light = 1
  for (let step = 0; step < 12; step++) {
    const middle = (dark + light) / 2
    if (luminanceOf(fromOklch(middle, chroma, hue)) < wanted) dark = middle
    else light = middle
  }
  return hex(fromOklch(dark, chroma, hue))
}

const luminance = (color: string): number => luminanceOf(linear(color))

const luminanceOf = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

type Triple = [number, number, number]

const linear = (color: string): Triple => {
  const value = Number.parseInt(color.slice(1), 16)
  return [decode((value >> 16) & 255), decode((value >> 8) & 255), decode(value & 255)]
}

const decode = (byte: number): number => {
  const s = byte / 255
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
}

const encode = (value: number): number => {
  const v = Math.min(1, Math.max(0, value))
  return Math.round(255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055))
}

// OKLab by Björn Ottosson, https://bottosson.github.io/posts/oklab/
function toOklch(color: string): { c: number; h: number } {
  const [r, g, b] = linear(color)
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const A = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const B = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  return { c: Math.hypot(A, B), h: Math.atan2(B, A) }
}

/** Chroma is lowered until the colour exists on screens. */
function fromOklch(lightness: number, chroma: number, hue: number): Triple {
  for (let c = chroma; c > 0.001; c *= 0.9) {
    const rgb = oklchToLinear(lightness, c, hue)
    if (rgb.every((value) => value >= 0 && value <= 1)) return rgb
  }
  return oklchToLinear(lightness, 0, hue)
}

function oklchToLinear(lightness: number, chroma: number, hue: number): Triple {
  const A = chroma * Math.cos(hue)
  const B = chroma * Math.sin(hue)
  const l = (lightness + 0.3963377774 * A + 0.2158037573 * B) ** 3
  const m = (lightness - 0.1055613458 * A - 0.0638541728 * B) ** 3
  const s = (lightness - 0.0894841775 * A - 1.291485548 * B) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  ]
}

const hex = (rgb: Triple): string => `#${rgb.map((value) => encode(value).toString(16).padStart(2, '0')).join('')}`
