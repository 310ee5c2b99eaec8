import type { CourseHome, Item, OutlineItem } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs'
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs'
import IconFlag from '@tabler/icons-react/dist/esm/icons/IconFlag.mjs'
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { stopsOf } from '../outline/outline.ts'
import { useReader } from '../outline/use-reader.ts'
import type { Study } from '../study/use-study.ts'
import { CompletionState } from './completion-state.tsx'
import classes from './item-footer.module.css'
import { useTurningKeys } from './turning-keys.ts'

interface Props {
  readonly item: Item
  readonly home: CourseHome
  readonly study: Study
  /** Percent of the video, this visit included. */
  readonly watched: number
  readonly studying: boolean
  readonly news: ReactNode
}

/** Always in reach: back, what completes this and how far one is, on. */
export function ItemFooter({ item, home, study, watched, studying, news }: Props) {
  const { t } = useReader()
  const { courseId, previousItemId, nextItemId } = item
  const stops = stopsOf(home.units)
  const find = (id: string | null) => stops.find((stop) => stop.id === id)
  const to = (id: string | null) => (id === null ? undefined : path.item({ courseId, itemId: id }))
  useTurningKeys(to(previousItemId), to(nextItemId))
  const footer = useRoomForFooter()
  return (
    <footer ref={footer} className={classes.footer} data-chrome>
      {news}
      <div className={classes.bar}>
        <Step direction="previous" courseId={courseId} item={find(previousItemId)} />
        <div className={classes.state}>
          <CompletionState item={item} study={study} watched={watched} studying={studying} />
        </div>
        {nextItemId === null ? (
          <Button
            component={Link}
            to={path.course({ courseId })}
            variant="default"
            className={classes.step ?? ''}
            rightSection={<IconFlag size={20} aria-hidden />}
          >
            {t('footer.finish')}
          </Button>
        ) : (
          <Step direction="next" courseId={courseId} item={find(nextItemId)} />
        )}
      </div>
    </footer>
  )
}

interface StepProps {
  readonly direction: 'previous' | 'next'
  readonly courseId: string
  readonly item: OutlineItem | undefined
}

function Step({ direction, courseId, item }: StepProps) {
  const { t } = useReader()
  if (!item) return <span className={classes.step} />
  const before = direction === 'previous'
  const Icon = before ? IconChevronLeft : IconChevronRight
  const icon = <Icon size={22} aria-hidden className={classes.flip} />
  return (
    <Button
      component={Link}
      to={path.item({ courseId, itemId: item.id })}
      variant="default"
      className={classes.step ?? ''}
      data-direction={direction}
      aria-label={t(`footer.${direction}Item`, { item: item.title })}
      title={item.title}
      {...(before ? { leftSection: icon } : { rightSection: icon })}
    >
      <span className={classes.word}>{t(`footer.${direction}`)}</span>
    </Button>
  )
}

/** The chip and the messages at the foot of the screen move above the footer, however high it is. */
function useRoomForFooter(): RefObject<HTMLElement | null> {
  const footer = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = footer.current
    if (!element) return
    const { style } = document.documentElement
    const height = new ResizeObserver(() => style.setProperty('--ly-foot', `${element.offsetHeight}px`))
    height.observe(element)
    return () => {
      height.disconnect()
      style.removeProperty('--ly-foot')
    }
  }, [])
  return footer
}
