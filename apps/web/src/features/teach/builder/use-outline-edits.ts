import type { CourseHome, ItemKind, OutlineItem, OutlineUnit } from '@lyceum/course/contract'
import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, query } from '../../../api.ts'
import { problemOf } from '../../../ui/problem.ts'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast, showUndo } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'
import { applyMove, arrange, arrangementOf, inverseOf, type Move } from './arrangement.ts'

export interface NewItem {
  readonly kind: ItemKind
  readonly title: string
  readonly url?: string
  readonly fileId?: string
}

export type OutlineEdits = ReturnType<typeof useOutlineEdits>

/**
 * Every change to an outline: shown at once, sent one after another, taken back on the screen when the server refuses,
 * and offered to be undone for 30 seconds where something moved or went away.
 */
export function useOutlineEdits(courseId: string) {
  const { t } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const words = useProblemWords()
  const queryClient = useQueryClient()
  const line = useRef<{ tail: Promise<unknown>; waiting: number }>({ tail: Promise.resolve(), waiting: 0 })
  const { queryKey } = query('course', 'getCourseHome', { courseId })

  const read = (): CourseHome | undefined => queryClient.getQueryData(queryKey)
  const draw = (units: (before: readonly OutlineUnit[]) => OutlineUnit[]) =>
    queryClient.setQueryData(queryKey, (home) => home && { ...home, units: units(home.units) })
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['getCourseHome', { courseId }] })

  /** @returns what the work returns, or undefined after a refusal, which has been told */
  const run = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    line.current.waiting++
    void queryClient.cancelQueries({ queryKey })
    const result = line.current.tail.then(() => whileSaving(work()))
    line.current.tail = result.catch(() => undefined)
    try {
      return await result
    } catch (error) {
      showToast(words(error), { tone: 'bad' })
      return undefined
    } finally {
      line.current.waiting--
      if (line.current.waiting === 0) await refresh()
    }
  }

  /** Moves on the newest outline: what was moved is moved again there, if it still can be. */
  const sendMoves = async (moves: readonly Move[]): Promise<boolean> => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const home = await api.course.getCourseHome({ courseId })
      const before = arrangementOf(home.units)
      const after = moves.reduce<typeof before | undefined>((order, move) => order && applyMove(order, move), before)
      if (!after) {
        queryClient.setQueryData(queryKey, home)
        showToast(t('builder.moveLost'), { tone: 'bad' })
        return false
      }
      try {
        const units = after.map(({ unitId, itemIds }) => ({ unitId, itemIds: [...itemIds] }))
        await api.course.arrangeOutline({ courseId, units }, { ifMatch: home.course.outlineVersion })
        if (attempt > 0) showToast(t('builder.moveAgain'))
        return true
      } catch (error) {
        if (problemOf(error)?.status !== 412) throw error
      }
    }
    showToast(t('builder.moveBusy'), { tone: 'bad' })
    return false
  }

  const drawMoves = (moves: readonly Move[]) =>
    draw((units) => {
      const order = moves.reduce((now, move) => applyMove(now, move) ?? now, arrangementOf(units))
      return arrange(units, order)
    })

  const changeItem = async (item: OutlineItem, part: Partial<Pick<OutlineItem, 'title' | 'published'>>) => {
    const current = read()
      ?.units.flatMap((unit) => unit.items)
      .find(({ id }) => id === item.id)
    const send = (version: number) => api.course.updateItem({ itemId: item.id, ...part }, { ifMatch: version })
    try {
      return await send(current?.version ?? item.version)
    } catch (error) {
      if (problemOf(error)?.status !== 412) throw error
      // Somebody changed something else about it; a title or a state is set all the same.
      const { version } = await api.course.getItem({ itemId: item.id })
      return send(version)
    }
  }

  const keepItem = (changed: OutlineItem) =>
    draw((units) =>
      units.map((unit) => ({
        ...unit,
        items: unit.items.map((one) => (one.id === changed.id ? { ...changed, lock: one.lock } : one))
      }))
    )

  const drawItems = (ids: readonly string[], part: Partial<OutlineItem>) =>
    draw((units) =>
      units.map((unit) => ({
        ...unit,
        items: unit.items.map((one) => (ids.includes(one.id) ? { ...one, ...part } : one))
      }))
    )

  return {
    move: async (move: Move, told: string) => {
      const home = read()
      if (!home) return
      const back = inverseOf(arrangementOf(home.units), move)
      drawMoves([move])
      const moved = await run(() => sendMoves([move]))
      if (moved)
        showUndo(told, ui('undo'), () => {
          drawMoves(back)
          void run(() => sendMoves(back))
        })
    },

    rename: async (item: OutlineItem, title: string) => {
      drawItems([item.id], { title })
      await run(async () => keepItem(await changeItem(item, { title })))
    },

    renameUnit: async (unit: OutlineUnit, title: string) => {
      draw((units) => units.map((one) => (one.id === unit.id ? { ...one, title } : one)))
      await run(() => api.course.updateUnit({ unitId: unit.id, title }, { ifMatch: unit.version }))
    },

    publish: async (items: readonly OutlineItem[], published: boolean) => {
      const changing = items.filter((item) => item.published !== published)
      drawItems(
        changing.map(({ id }) => id),
        { published }
      )
      await run(async () => {
        for (const item of changing) keepItem(await changeItem(item, { published }))
      })
      if (changing.length > 1)
        showToast(t(published ? 'builder.published' : 'builder.unpublished', { count: changing.length }))
    },

    remove: async (items: readonly OutlineItem[]) => {
      const ids = items.map(({ id }) => id)
      draw((units) => units.map((unit) => ({ ...unit, items: unit.items.filter(({ id }) => !ids.includes(id)) })))
      const removed = await run(async () => {
        for (const itemId of ids) await api.course.deleteItem({ itemId })
        return true
      })
      if (removed)
        showUndo(
          items.length === 1
            ? t('builder.removedOne', { title: items[0]?.title ?? '' })
            : t('builder.removed', { count: items.length }),
          ui('undo'),
          () =>
            void run(async () => {
              for (const itemId of ids) await api.course.restoreItem({ itemId })
            })
        )
    },

    removeUnit: async (unit: OutlineUnit) => {
      draw((units) => units.filter(({ id }) => id !== unit.id))
      const removed = await run(() => api.course.deleteUnit({ unitId: unit.id }))
      if (removed)
        showUndo(
          t('builder.removedOne', { title: unit.title }),
          ui('undo'),
          () => void run(() => api.course.restoreUnit({ unitId: unit.id }))
        )
    },

    addUnit: (title: string) => run(() => api.course.createUnit({ courseId, title })),

    addItem: (unitId: string, item: NewItem) => run(() => api.course.createItem({ unitId, ...item })),

    duplicate: (item: OutlineItem) => run(() => api.course.duplicateItem({ itemId: item.id })),

    refresh
  }
}
