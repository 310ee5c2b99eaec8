import type { Item } from '@lyceum/course/contract'
import { describe, expect, test } from 'vitest'
import { checkContent, checkOutline } from './checks.ts'
import { item, unit } from './outline-fixture.ts'

const now = new Date('2026-03-01T12:00:00Z')
const course = { title: 'Biology', description: 'Life.', startsAt: null, endsAt: null }

const told = (...given: Parameters<typeof checkOutline>) =>
  checkOutline(...given).map(({ code, title }) => `${code} ${title}`)

describe('the outline', () => {
  test('that is ready has no findings', () => {
    expect(told(course, [unit('U', [item('a')])], now)).toEqual([])
  })

  test('shows what learners would not see', () => {
    const units = [
      unit('empty', []),
      unit('hidden', [item('a', { published: false })]),
      unit('only-heads', [item('h', { kind: 'heading' })])
    ]
    expect(told({ ...course, description: ' ' }, units, now)).toEqual([
      'nothing-published Biology',
      'no-description Biology',
      'unit-empty empty',
      'unit-hidden hidden',
      'unit-empty only-heads'
    ])
  })

  test('shows dates that contradict each other', () => {
    const dated = { ...course, startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-02-01T00:00:00.000Z' }
    const units = [
      unit('U', [
        item('early', { dueAt: '2025-12-01T00:00:59.000Z' }),
        item('late', { opensAt: '2026-02-02T00:00:00.000Z' })
      ]),
      unit('V', [item('stuck', { dueAt: '2026-01-10T00:00:59.000Z' })], { opensAt: '2026-01-20T00:00:00.000Z' })
    ]
    expect(told(dated, units, now)).toEqual([
      'course-over Biology',
      'due-outside-course early',
      'opens-after-end late',
      'due-before-open stuck'
    ])
  })

  test('shows what waits for a draft', () => {
    const units = [unit('U', [item('a', { published: false }), item('b', { requires: ['a'] })])]
    expect(told(course, units, now)).toEqual(['waits-for-draft b'])
  })
})

describe('the contents', () => {
  const read = (given: Partial<Item>): string[] =>
    checkContent({
      ...item('x'),
      courseId: 'c',
      courseTitle: 'Biology',
      unitTitle: 'U',
      html: null,
      file: null,
      url: null,
      note: null,
      position: null,
      watchedPercent: 0,
      secondsSpent: 0,
      previousItemId: null,
      nextItemId: null,
      ...given
    }).map(({ code, count }) => (count === undefined ? code : `${code} ${count}`))

  test('of a page: empty, or pictures that say nothing', () => {
    expect(read({ kind: 'page', html: '<p> </p>' })).toEqual(['page-empty'])
    expect(read({ kind: 'page', html: '<p>a</p><img src="a" alt=""><img alt="A cell" src="b"><img src="c">' })).toEqual(
      ['picture-without-text 2']
    )
    expect(read({ kind: 'page', html: '<figure><img src="a" alt="A cell"></figure>' })).toEqual([])
  })

  test('of videos, files and links', () => {
    const file = { id: 'f', name: 'f', mediaType: 'video/mp4', size: 1, url: '/f', captions: [] }
    expect(read({ kind: 'video', file })).toEqual(['video-without-captions'])
    expect(read({ kind: 'video', url: 'https://example.org/film' })).toEqual([])
    expect(read({ kind: 'video' })).toEqual(['file-missing'])
    expect(read({ kind: 'file' })).toEqual(['file-missing'])
    expect(read({ kind: 'link' })).toEqual(['link-missing'])
    expect(read({ kind: 'heading' })).toEqual([])
  })
})
