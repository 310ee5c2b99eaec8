import { expect, it } from 'vitest'
import { isolate } from './isolate.ts'

it('sets apart what runs the other way, and nothing else', () => {
  expect(isolate('How far apart?', 'rtl')).toBe('\u2068How far apart?\u2069')
  expect(isolate('الإحصاء كل يوم', 'rtl')).toBe('الإحصاء كل يوم')
  expect(isolate('How far apart?', 'ltr')).toBe('How far apart?')
  expect(isolate('الإحصاء كل يوم (2)', 'ltr')).toBe('\u2068الإحصاء كل يوم (2)\u2069')
  expect(isolate('12:30', 'rtl')).toBe('12:30')
})
