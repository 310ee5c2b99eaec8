import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../../ui/announce.ts'
import {
  type Arrangement,
  applyMove,
  isSameOrder,
  type Move,
  moveTo,
  placeOf,
  stepItem,
  stepUnit
} from './arrangement.ts'

interface Moving {
  readonly id: string
  readonly by: 'keys' | 'pointer'
  readonly from: Arrangement
  readonly order: Arrangement
}

interface Options {
  readonly order: Arrangement
  readonly titleOf: (id: string) => string
  readonly onMove: (move: Move, title: string) => void
}

const STEPS = { ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' } as const

const isStep = (key: string): key is keyof typeof STEPS => Object.hasOwn(STEPS, key)

/** An outline on its way from one order to another: shown as it would be, sent only when it is let go. */
export function useMoving({ order, titleOf, onMove }: Options) {
  const { t } = useTranslation('teach')
  const [moving, setMoving] = useState<Moving>()
  const focusOn = useRef<string>(undefined)

  // A row that changes its unit is drawn anew there, and the focus would be lost with the old one.
  useLayoutEffect(() => {
    if (focusOn.current) document.getElementById(handleId(focusOn.current))?.focus()
    if (!moving) focusOn.current = undefined
  }, [moving])

  const say = (id: string, now: Arrangement) => {
    const place = placeOf(now, id)
    if (!place) return
    const { position, count, unitId } = place
    const title = titleOf(id)
    announce(
      unitId === undefined
        ? t('move.unitAt', { title, position, count })
        : t('move.itemAt', { title, position, count, unit: titleOf(unitId) })
    )
  }

  const begin = (id: string, by: Moving['by']) => {
    setMoving({ id, by, from: order, order })
    if (by === 'keys') {
      focusOn.current = id
      announce(t('move.begun', { title: titleOf(id) }))
    }
  }

  const end = (kept: boolean) => {
    if (!moving) return
    setMoving(undefined)
    const move = kept && !isSameOrder(moving.from, moving.order) ? moveTo(moving.order, moving.id) : undefined
    if (move) onMove(move, titleOf(moving.id))
    if (moving.by === 'keys') announce(t(kept ? 'move.done' : 'move.cancelled', { title: titleOf(moving.id) }))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (moving?.by !== 'keys') return
    if (event.key === 'Tab') return end(true)
    if (event.key === 'Escape' || event.key === 'Enter' || event.key === ' ' || isStep(event.key))
      event.preventDefault()
    if (event.key === 'Escape') return end(false)
    if (event.key === 'Enter' || event.key === ' ') return end(true)
    if (!isStep(event.key)) return
    const isUnit = moving.order.some(({ unitId }) => unitId === moving.id)
    const move = (isUnit ? stepUnit : stepItem)(moving.order, moving.id, STEPS[event.key])
    const next = move && applyMove(moving.order, move)
    if (!next) return announce(t('move.atEnd'))
    setMoving({ ...moving, order: next })
    say(moving.id, next)
  }

  return {
    /** The order to be shown. */
    order: moving?.order ?? order,
    moving,
    begin,
    end,
    onKeyDown,
    /** While dragging: the order as it would be if it were let go now. */
    preview: (next: Arrangement) => setMoving((now) => now && { ...now, order: next })
  }
}

export const handleId = (id: string): string => `move-${id}`
