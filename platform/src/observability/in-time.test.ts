import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askedSeldom } from './in-time.ts'

describe('what is asked for seldom', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is asked once for all, until it is old', async () => {
    let asked = 0
    const ask = askedSeldom(async () => ++asked, 60_000)
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
    vi.advanceTimersByTime(59_000)
    expect(await ask()).toBe(1)
    vi.advanceTimersByTime(2_000)
    expect(await ask()).toBe(2)
  })

  it.each([
    ['is not there yet', () => Promise.resolve(null), null],
    ['does not answer', () => Promise.reject(new Error('away')), undefined]
  ])('is looked for again soon where it %s', async (_, first, told) => {
    let answer: () => Promise<string | null> = first
    const ask = askedSeldom(() => answer(), 60_000, 10_000)
    expect(await ask()).toBe(told)
    answer = async () => 'there'
    vi.advanceTimersByTime(9_000)
    expect(await ask()).toBe(told)
    vi.advanceTimersByTime(2_000)
    expect(await ask()).toBe('there')
    answer = async () => 'elsewhere'
    vi.advanceTimersByTime(59_000)
    expect(await ask()).toBe('there')
  })
})
