import type { OutlineItem } from '@lyceum/course/contract'
import { VisuallyHidden } from '@mantine/core'
import IconCircle from '@tabler/icons-react/dist/esm/icons/IconCircle.mjs'
import IconCircleCheckFilled from '@tabler/icons-react/dist/esm/icons/IconCircleCheckFilled.mjs'
import IconCircleHalf2 from '@tabler/icons-react/dist/esm/icons/IconCircleHalf2.mjs'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import { useTranslation } from 'react-i18next'
import classes from './item-mark.module.css'

const icons = {
  completed: IconCircleCheckFilled,
  'in-progress': IconCircleHalf2,
  'not-started': IconCircle,
  locked: IconLock
} as const

/** Where a learner is with an item: a tick, half a circle, an empty one, or a lock. */
export function ItemMark({
  item,
  size = 22
}: {
  readonly item: Pick<OutlineItem, 'state' | 'lock'>
  readonly size?: number
}) {
  const { t } = useTranslation('ui')
  const state = item.state !== 'completed' && item.lock.length > 0 ? 'locked' : item.state
  const Icon = icons[state]
  return (
    <span className={classes.mark} data-state={state} title={t(`status.${state}`)}>
      <Icon size={size} aria-hidden />
      <VisuallyHidden>{t(`status.${state}`)}</VisuallyHidden>
    </span>
  )
}
