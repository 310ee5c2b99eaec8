import type { ItemKind, LearnerProgress, ProgressState } from '@lyceum/course/contract'
import { useElementSize } from '@mantine/hooks'
import { memo, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { ProgressBar } from '../../../ui/progress.tsx'
import classes from './matrix.module.css'
import { StateMark, StateMarks } from './state-mark.tsx'
import { progressStates, stateOfLetter } from './states.ts'
import { unitGroups } from './unit-groups.ts'
import { visibleColumns } from './visible-columns.ts'

export interface MatrixItem {
  readonly itemId: string
  readonly title: string
  readonly kind: ItemKind
  readonly unitTitle: string
  /** Where its letter stands in a learner's `states`. */
  readonly place: number
}

type Learner = Static<typeof LearnerProgress>

interface Props {
  readonly learners: readonly Learner[]
  readonly items: readonly MatrixItem[]
  readonly onOpen: (learner: Learner) => void
}

const COLUMN = 44
const NAME = 224
const SHARE = 150

/** Learner by item. Only the columns in sight are drawn, so that a course of hundreds of items scrolls like a small one. */
export function ProgressMatrix({ learners, items, onOpen }: Props) {
  const { t } = useTranslation('people')
  const { t: ui } = useTranslation('ui')
  const { ref, width } = useElementSize()
  const [scrolled, setScrolled] = useState(0)
  const { from, to } = visibleColumns({
    scrolled,
    width,
    fixed: NAME + SHARE,
    columnWidth: COLUMN,
    count: items.length
  })
  const shown = items.slice(from, to)
  const words = useMemo(
    () => ({
      'not-started': ui('status.not-started'),
      'in-progress': ui('status.in-progress'),
      completed: ui('status.completed')
    }),
    [ui]
  )
  const before = from * COLUMN
  const after = (items.length - to) * COLUMN
  return (
    <>
      <StateMarks />
      <ul className={classes.legend} aria-label={t('courseProgress.legend')}>
        {progressStates.map((state) => (
          <li key={state}>
            <StateMark state={state} /> {words[state]}
          </li>
        ))}
      </ul>
      <section
        ref={ref}
        className={classes.box}
        aria-label={t('courseProgress.matrix')}
        onScroll={({ currentTarget }) => setScrolled(Math.abs(currentTarget.scrollLeft))}
      >
        <table
          className={classes.matrix}
          aria-label={t('courseProgress.matrix')}
          aria-colcount={items.length + 2}
          style={{ inlineSize: NAME + SHARE + items.length * COLUMN }}
        >
          <colgroup>
            <col style={{ inlineSize: NAME }} />
            <col style={{ inlineSize: SHARE }} />
            <col style={{ inlineSize: before }} />
            {shown.map(({ itemId }) => (
              <col key={itemId} style={{ inlineSize: COLUMN }} />
            ))}
            <col style={{ inlineSize: after }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" rowSpan={2} className={classes.corner} aria-colindex={1}>
                {t('courseProgress.learner')}
              </th>
              <th scope="col" rowSpan={2} className={classes.shareHead} aria-colindex={2}>
                {t('courseProgress.completed')}
              </th>
              <td rowSpan={2} className={classes.gap} />
              {unitGroups(shown).map(({ title, items: [first, ...rest] }) => (
                <th key={first?.itemId} scope="colgroup" colSpan={rest.length + 1} className={classes.unit}>
                  <span className={classes.unitTitle} title={title} dir="auto">
                    {title}
                  </span>
                </th>
              ))}
              <td rowSpan={2} className={classes.gap} />
            </tr>
            <tr>
              {shown.map(({ itemId, title }, index) => (
                <th key={itemId} scope="col" className={classes.item} aria-colindex={from + index + 3} title={title}>
                  <span className={classes.itemTitle} dir="auto">
                    {title}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {learners.map((learner) => (
              <Row
                key={learner.userId}
                learner={learner}
                items={items}
                from={from}
                to={to}
                words={words}
                onOpen={onOpen}
              />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

interface RowProps {
  readonly learner: Learner
  readonly items: readonly MatrixItem[]
  readonly from: number
  readonly to: number
  readonly words: Readonly<Record<ProgressState, string>>
  readonly onOpen: (learner: Learner) => void
}

const Row = memo(function Row({ learner, items, from, to, words, onOpen }: RowProps) {
  return (
    <tr>
      <Head learner={learner} onOpen={onOpen} />
      <td className={classes.gap} />
      {items.slice(from, to).map(({ itemId, title, place }, index) => {
        const state = stateOfLetter(learner.states[place])
        return (
          <td
            key={itemId}
            className={classes.cell}
            data-state={state}
            aria-colindex={from + index + 3}
            title={`${title} — ${words[state]}`}
          >
            <StateMark state={state} />
            <span className={classes.unseen}>{words[state]}</span>
          </td>
        )
      })}
      <td className={classes.gap} />
    </tr>
  )
})

/** What stays when columns come and go. */
const Head = memo(function Head({ learner, onOpen }: Pick<RowProps, 'learner' | 'onOpen'>) {
  const { t } = useTranslation('people')
  const { name, completed, total } = learner
  return (
    <>
      <th scope="row" className={classes.name} aria-colindex={1}>
        <button type="button" className={classes.open} onClick={() => onOpen(learner)} title={name}>
          <bdi>{name}</bdi>
        </button>
      </th>
      <td className={classes.share} aria-colindex={2}>
        <ProgressBar completed={completed} total={total} label={t('coursePeople.progressOf', { name })} />
      </td>
    </>
  )
})
