import { expect, it } from 'vitest'
import { rollOutOften } from '../bench/bad-release/simulated.ts'

const stopped = (rate: number) => rollOutOften(rate, () => 1_000).filter(({ step }) => step !== null).length / 10_000

it('stops fewer than one in twenty healthy releases by chance, and nearly every bad one', { timeout: 120_000 }, () => {
  expect(stopped(0.0002)).toBeLessThan(0.05)
  expect(stopped(0.002)).toBeGreaterThan(0.9)
  expect(stopped(0.01)).toBe(1)
})
