import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'

/** An item of an outline for tests; everything not given is plain. */
export const item = (id: string, given: Partial<OutlineItem> = {}): OutlineItem => ({
  id,
  unitId: '',
  kind: 'page',
  title: id,
  minutes: null,
  published: true,
  completion: { kind: 'open' },
  opensAt: null,
  dueAt: null,
  requires: [],
  state: 'not-started',
  completedAt: null,
  lock: [],
  version: 1,
  ...given
})

/** A unit of an outline for tests. */
export const unit = (
  id: string,
  items: readonly OutlineItem[],
  given: Partial<Omit<OutlineUnit, 'items'>> = {}
): OutlineUnit => ({
  id,
  title: id,
  opensAt: null,
  requires: [],
  lock: [],
  version: 1,
  ...given,
  items: items.map((one) => ({ ...one, unitId: id }))
})
