import type { OutlineItem, OutlineUnit } from '@lyceum/course/contract'
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import { useId } from 'react'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { StatusPill } from '../../../ui/status-pill.tsx'
import { DueTime } from './due-time.tsx'
import { minutesInWords } from './duration-words.ts'
import { ItemMark } from './item-mark.tsx'
import { KindIcon } from './kind-icon.tsx'
import { completionWords, lockWords } from './lock-words.ts'
import { unitProgress } from './outline.ts'
import classes from './unit-box.module.css'
import { useReader } from './use-reader.ts'

interface Props {
  readonly courseId: string
  readonly unit: OutlineUnit
  readonly folded: boolean
  /** Whoever does not study here has no marks and nothing left to do. */
  readonly studies: boolean
  readonly onFold: (folded: boolean) => void
}

/** A unit as a box that folds: how far one is, and its items. */
export function UnitBox({ courseId, unit, folded, studies, onFold }: Props) {
  const reader = useReader()
  const { t, locale } = reader
  const id = useId()
  const { completed, total, minutesLeft } = unitProgress(unit)
  const time = minutesInWords(minutesLeft, locale)
  return (
    <section className={classes.unit} aria-labelledby={`${id}-title`}>
      <h2 className={classes.head}>
        <button type="button" aria-expanded={!folded} aria-controls={`${id}-items`} onClick={() => onFold(!folded)}>
          <IconChevronDown size={20} aria-hidden className={classes.chevron} />
          <span className={classes.title} id={`${id}-title`}>
            <bdi>{unit.title}</bdi>
          </span>
          <span className={classes.far}>
            {studies && total > 0 ? <span>{t('unit.far', { completed, total })}</span> : null}
            {minutesLeft > 0 ? <span>{studies ? t('minutesLeft', { time }) : time}</span> : null}
          </span>
        </button>
      </h2>
      <div id={`${id}-items`} hidden={folded}>
        {unit.lock[0] ? (
          <p className={classes.unitLock}>
            <IconLock size={18} aria-hidden />
            {lockWords(unit.lock[0], reader)}
          </p>
        ) : null}
        <ul className={classes.items}>
          {unit.items.map((item) =>
            item.kind === 'heading' ? (
              <li key={item.id} className={classes.heading}>
                <h3>
                  <bdi>{item.title}</bdi>
                </h3>
              </li>
            ) : (
              <ItemRow
                key={item.id}
                courseId={courseId}
                item={item}
                unitLocked={unit.lock.length > 0}
                studies={studies}
              />
            )
          )}
        </ul>
      </div>
    </section>
  )
}

interface RowProps {
  readonly courseId: string
  readonly item: OutlineItem
  readonly unitLocked: boolean
  readonly studies: boolean
}

function ItemRow({ courseId, item, unitLocked, studies }: RowProps) {
  const reader = useReader()
  const { t, locale } = reader
  const locked = item.lock.length > 0 && item.state !== 'completed'
  // The unit has said its reason once, above; here counts what the item itself adds.
  const reason = item.lock.find(({ code }) => !unitLocked || code === 'opens-at' || code === 'requires-item')
  const completes = completionWords(item.completion, reader)
  return (
    <li className={classes.item} data-locked={locked || undefined}>
      <span className={classes.kind}>
        <KindIcon kind={item.kind} size={22} />
      </span>
      <div className={classes.words}>
        <Link to={path.item({ courseId, itemId: item.id })} className={classes.name ?? ''}>
          <bdi>{item.title}</bdi>
        </Link>
        <p className={classes.facts}>
          <span>{t(`kind.${item.kind}`)}</span>
          {item.minutes === null ? null : <span>{minutesInWords(item.minutes, locale)}</span>}
          {item.dueAt === null ? null : <DueTime at={item.dueAt} finished={!studies || item.state === 'completed'} />}
          {completes && item.state !== 'completed' && !locked ? <span>{completes}</span> : null}
          {item.published ? null : <StatusPill status="draft" />}
        </p>
        {locked && reason ? <p className={classes.reason}>{lockWords(reason, reader)}</p> : null}
      </div>
      {studies ? <ItemMark item={item} size={24} /> : null}
    </li>
  )
}
