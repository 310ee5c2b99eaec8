import { expect, it } from 'vitest'
import { crash } from '../bench/crash/crash.ts'

it('keeps every acknowledged write when it is killed at any moment', { timeout: 240_000 }, async () => {
  const { acknowledged, lost, faults } = await crash({ kills: 3, tell: () => undefined })
  expect(faults).toEqual([])
  expect(lost).toBe(0)
  expect(acknowledged).toBeGreaterThan(20)
})
