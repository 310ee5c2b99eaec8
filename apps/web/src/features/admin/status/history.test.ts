import type { StatusMoment } from '@lyceum/platform/system/contract'
import { expect, test } from 'vitest'
import { stretchesOf } from './history.ts'

const slots = (text: string): StatusMoment[] =>
  [...text].map(
    (letter) => (({ h: 'healthy', d: 'degraded', a: 'away', '?': 'unknown' }) as const)[letter] ?? 'unknown'
  )

test('what lasts is one stretch, and what changes begins another', () => {
  expect(stretchesOf(slots('??hhhdah'))).toEqual([
    { moment: 'unknown', from: 0, to: 2 },
    { moment: 'healthy', from: 2, to: 5 },
    { moment: 'degraded', from: 5, to: 6 },
    { moment: 'away', from: 6, to: 7 },
    { moment: 'healthy', from: 7, to: 8 }
  ])
  expect(stretchesOf([])).toEqual([])
})
