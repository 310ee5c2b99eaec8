import { expect, test } from 'vitest'
import { createStudyClock } from './study-clock.ts'

const seen = { visible: true, busy: false }

function ticks(clock: ReturnType<typeof createStudyClock>, from: number, to: number, state = seen) {
  for (let at = from + 1000; at <= to; at += 1000) clock.tick(at, state)
}

test('counts while somebody is there', () => {
  const clock = createStudyClock(0)
  ticks(clock, 0, 30_000)
  expect(clock.seconds()).toBe(30)
})

test('a page behind another one is not studied', () => {
  const clock = createStudyClock(0)
  ticks(clock, 0, 30_000, { visible: false, busy: true })
  expect(clock.seconds()).toBe(0)
})

test('whoever went away stops counting, and counts again when back', () => {
  const clock = createStudyClock(0)
  ticks(clock, 0, 600_000)
  expect(clock.seconds()).toBe(89)
  clock.touch(600_000)
  ticks(clock, 600_000, 610_000)
  expect(clock.seconds()).toBe(99)
})

test('a playing video needs no hand', () => {
  const clock = createStudyClock(0)
  ticks(clock, 0, 600_000, { visible: true, busy: true })
  expect(clock.seconds()).toBe(600)
})

test('a device that slept did not study', () => {
  const clock = createStudyClock(0)
  clock.tick(1_000, seen)
  clock.touch(3_600_000)
  clock.tick(3_600_000, seen)
  expect(clock.seconds()).toBe(6)
})
