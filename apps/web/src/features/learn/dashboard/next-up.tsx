import type { Dashboard } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useId } from 'react'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { DueTime } from '../outline/due-time.tsx'
import { minutesInWords } from '../outline/duration-words.ts'
import { KindIcon } from '../outline/kind-icon.tsx'
import { useReader } from '../outline/use-reader.ts'
import classes from './next-up.module.css'

type Entry = Dashboard['nextUp'][number]

/** The three things to do next, the most urgent first. */
export function NextUp({ entries }: { readonly entries: readonly Entry[] }) {
  const { t } = useReader()
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={classes.heading}>
        {t('dashboard.nextUp')}
      </h2>
      {entries.length > 0 ? (
        <ul className={classes.grid}>
          {entries.map((entry) => (
            <NextUpCard key={entry.itemId} entry={entry} />
          ))}
        </ul>
      ) : (
        <p className={classes.none}>{t('dashboard.nothingNext')}</p>
      )}
    </section>
  )
}

function NextUpCard({ entry }: { readonly entry: Entry }) {
  const { t, locale } = useReader()
  const { itemId, courseId, courseTitle, title, kind, dueAt, minutes, state, color } = entry
  const overdue = dueAt !== null && Date.parse(dueAt) < Date.now() && state !== 'completed'
  return (
    <li className={classes.card} style={{ '--course': color }}>
      <p className={classes.course}>
        <bdi>{courseTitle}</bdi>
      </p>
      <div className={classes.what}>
        <span className={classes.kind}>
          <KindIcon kind={kind} size={22} />
        </span>
        <h3 className={classes.title}>
          <bdi>{title}</bdi>
        </h3>
      </div>
      <p className={classes.facts}>
        <span>{t(`kind.${kind}`)}</span>
        {minutes === null ? null : <span>{minutesInWords(minutes, locale)}</span>}
      </p>
      <div className={classes.state}>
        <StatusPill status={overdue ? 'overdue' : state} />
        {dueAt === null ? null : (
          <span className={classes.due}>
            <DueTime at={dueAt} />
          </span>
        )}
      </div>
      <Button
        component={Link}
        to={path.item({ courseId, itemId })}
        className={classes.go ?? ''}
        aria-label={t(state === 'in-progress' ? 'dashboard.resumeItem' : 'dashboard.startItem', { item: title })}
      >
        {t(state === 'in-progress' ? 'dashboard.resume' : 'dashboard.start')}
      </Button>
    </li>
  )
}
