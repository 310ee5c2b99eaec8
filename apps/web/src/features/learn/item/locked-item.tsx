import type { CourseHome, Item } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { lockWords } from '../outline/lock-words.ts'
import { useReader } from '../outline/use-reader.ts'
import classes from './locked-item.module.css'

/** Why there is nothing to read yet, and the shortest way to change that. */
export function LockedItem({ item, home }: { readonly item: Item; readonly home: CourseHome }) {
  const reader = useReader()
  const { t } = reader
  const way = wayTo(item, home)
  return (
    <div className={classes.locked}>
      <IconLock size={36} stroke={1.5} aria-hidden />
      <h2>{t('locked.title')}</h2>
      <ul>
        {item.lock.map((reason) => (
          <li key={JSON.stringify(reason)}>{lockWords(reason, reader)}</li>
        ))}
      </ul>
      {way ? (
        <Button component={Link} to={path.item({ courseId: item.courseId, itemId: way.id })}>
          {t('locked.go', { item: way.title })}
        </Button>
      ) : (
        <Button component={Link} to={path.course({ courseId: item.courseId })} variant="default">
          {t('toCourse')}
        </Button>
      )}
    </div>
  )
}

/** The first thing to do that opens this: the item asked for, or what is left of the unit asked for. */
function wayTo({ lock }: Item, { units }: CourseHome): { readonly id: string; readonly title: string } | undefined {
  for (const reason of lock) {
    if (reason.code === 'requires-item') return { id: reason.itemId, title: reason.itemTitle }
    if (reason.code === 'requires-unit')
      return units
        .find(({ id }) => id === reason.unitId)
        ?.items.find(
          ({ kind, state, completion }) => kind !== 'heading' && completion.kind !== 'none' && state !== 'completed'
        )
  }
  return undefined
}
