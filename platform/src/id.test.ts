import { afterEach, expect, it, vi } from 'vitest'
import { newId } from './id.ts'

afterEach(() => vi.useRealTimers())

it('sorts what is made later after what was made before, also when the clock is put back meanwhile', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const ids: string[] = []
  for (const [time, count] of [
    ['2031-01-01T12:00:00Z', 1_000],
    ['2031-01-01T11:00:00Z', 1_000],
    ['2031-01-01T12:00:00.001Z', 1_000],
    ['2031-01-02T00:00:00Z', 1_000]
  ] as const) {
    vi.setSystemTime(new Date(time))
    for (let made = 0; made < count; made++) ids.push(newId())
  }
  expect(ids).toEqual([...ids].sort())
  expect(new Set(ids).size).toBe(ids.length)
})
