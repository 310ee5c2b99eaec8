import { expect, test } from 'vitest'
import { fromLocalInput, toLocalInput } from './zoned-time.ts'

test('shows an instant in the zone of the viewer, and reads it back', () => {
  expect(toLocalInput('2026-02-03T13:05:59.000Z', 'Europe/Madrid')).toBe('2026-02-03T14:05')
  expect(fromLocalInput('2026-02-03T14:05', 'Europe/Madrid')).toBe('2026-02-03T13:05:00.000Z')
  expect(fromLocalInput('2026-02-03T14:05', 'Europe/Madrid', 59)).toBe('2026-02-03T13:05:59.000Z')
  expect(fromLocalInput('2026-02-03T00:15', 'Asia/Kathmandu')).toBe('2026-02-02T18:30:00.000Z')
  expect(fromLocalInput('2026-07-01T12:00', 'America/St_Johns')).toBe('2026-07-01T14:30:00.000Z')
})

test('knows the days on which clocks are changed', () => {
  expect(fromLocalInput('2026-03-29T01:59', 'Europe/Madrid')).toBe('2026-03-29T00:59:00.000Z')
  expect(fromLocalInput('2026-03-29T03:00', 'Europe/Madrid')).toBe('2026-03-29T01:00:00.000Z')
  expect(fromLocalInput('2026-10-25T03:30', 'Europe/Madrid')).toBe('2026-10-25T02:30:00.000Z')
})
