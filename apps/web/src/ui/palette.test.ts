import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contrast, paletteOf, TEXT_CONTRAST } from './palette.ts'

const LIGHT_PAPER = '#f8f6f2'
const LIGHT_SURFACE = '#fffefc'
const DARK_PAPER = '#16161a'
const DARK_SURFACE = '#1e1e23'
const NON_TEXT_CONTRAST = 3

const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)
const mixed = (one: string, share: number, other: string): string => {
  const parts = [1, 3, 5].map((at) =>
    Math.round(
      Number.parseInt(one.slice(at, at + 2), 16) * share + Number.parseInt(other.slice(at, at + 2), 16) * (1 - share)
    )
  )
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

test('whatever colour a school chooses, what is written with it can be read, light and dark', () => {
  fc.assert(
    fc.property(color, (chosen) => {
      const tones = paletteOf(chosen)
      // White on filled buttons: tone 6 on light screens, tone 5 on dark ones; hovering goes one darker.
      for (const filled of [tones[5], tones[6], tones[7]])
        expect(contrast('#ffffff', filled)).toBeGreaterThanOrEqual(TEXT_CONTRAST)
      // Links and icons: `--ly-brand-text`, also on `--ly-brand-soft`.
      for (const ground of [LIGHT_PAPER, LIGHT_SURFACE, tones[0]])
        expect(contrast(tones[7], ground)).toBeGreaterThanOrEqual(TEXT_CONTRAST)
      for (const ground of [DARK_PAPER, DARK_SURFACE, mixed(tones[6], 0.24, DARK_SURFACE)])
        expect(contrast(tones[3], ground)).toBeGreaterThanOrEqual(TEXT_CONTRAST)
      // The rail.
      expect(contrast('#ffffff', tones[7])).toBeGreaterThanOrEqual(TEXT_CONTRAST)
      expect(contrast('#f3f2ef', mixed(tones[9], 0.48, '#101013'))).toBeGreaterThanOrEqual(TEXT_CONTRAST)
      // Bars and marks.
      expect(contrast(tones[4], DARK_SURFACE)).toBeGreaterThanOrEqual(NON_TEXT_CONTRAST)
      expect(contrast(tones[6], LIGHT_SURFACE)).toBeGreaterThanOrEqual(NON_TEXT_CONTRAST)
    }),
    { numRuns: 400 }
  )
})

test('a colour that is dark enough is kept as the school chose it', () => {
  expect(paletteOf('#1d4d4f')[6]).toBe('#1d4d4f')
  expect(paletteOf('#ffd400')[6]).not.toBe('#ffd400')
})

test('tones go from light to dark', () => {
  fc.assert(
    fc.property(color, (chosen) => {
      const contrasts = paletteOf(chosen).map((tone) => contrast(tone, '#ffffff'))
      for (const [index, value] of contrasts.entries())
        expect(value).toBeGreaterThanOrEqual((contrasts[index - 1] ?? 0) - 0.15)
    }),
    { numRuns: 100 }
  )
})

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})
