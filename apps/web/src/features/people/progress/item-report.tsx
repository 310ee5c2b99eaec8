import type { ItemProgress } from '@lyceum/course/contract'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { query } from '../../../api.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { durationInWords } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './progress.module.css'
import { StateMark, StateMarks } from './state-mark.tsx'
import { progressStates } from './states.ts'

type Row = Static<typeof ItemProgress>

/** Where learners stop: each item with how many have not started it, are in it, are through. */
export function ItemReport({ courseId }: { readonly courseId: string }) {
  const { t } = useTranslation('people')
  const columns = useColumns()
  const { data, error, refetch } = useQuery(query('course', 'listItemProgress', { courseId }))
  return (
    <>
      <StateMarks />
      {data ? <p className={classes.words}>{t('courseProgress.ofLearners', { count: data.learners })}</p> : null}
      <DataTable
        label={t('courseProgress.byItem')}
        columns={columns}
        rows={data?.entries}
        rowKey={({ itemId }) => itemId}
        rowName={({ title }) => title}
        empty={t('courseProgress.noItems')}
        error={error}
        onRetry={() => void refetch()}
        exportName={t('courseProgress.itemFileName')}
      />
    </>
  )
}

const numbers = (row: Row) => ({
  completed: row.completed,
  'in-progress': row.inProgress,
  'not-started': row.notStarted
})

function useColumns(): Column<Row>[] {
  const { t, i18n } = useTranslation('people')
  const { t: ui } = useTranslation('ui')
  const { locale } = useViewer()
  const number = new Intl.NumberFormat(i18n.language)
  return [
    {
      key: 'title',
      header: t('courseProgress.item'),
      primary: true,
      text: ({ title }) => title,
      cell: ({ title, kind }) => (
        <span className={classes.itemCell}>
          {title}
          <span className={classes.quiet}>{t(`kinds.${kind}`)}</span>
        </span>
      )
    },
    {
      key: 'bar',
      header: t('courseProgress.learners'),
      sortBy: ({ completed }) => completed,
      cell: (row) => <Bar row={row} />
    },
    ...progressStates.toReversed().map(
      (state): Column<Row> => ({
        key: state,
        header: ui(`status.${state}`),
        hidden: true,
        text: (row) => String(numbers(row)[state]),
        cell: (row) => number.format(numbers(row)[state])
      })
    ),
    {
      key: 'median',
      header: t('courseProgress.median'),
      align: 'end',
      sortBy: ({ medianSeconds }) => medianSeconds ?? -1,
      text: ({ medianSeconds }) => (medianSeconds === null ? '' : String(medianSeconds)),
      cell: ({ medianSeconds }) => (medianSeconds === null ? '—' : durationInWords(medianSeconds, locale))
    }
  ]
}

function Bar({ row }: { readonly row: Row }) {
  const { t, i18n } = useTranslation('ui')
  const number = new Intl.NumberFormat(i18n.language)
  const counts = numbers(row)
  return (
    <div className={classes.split}>
      <div className={classes.bar} aria-hidden="true">
        {progressStates.toReversed().map((state) => (
          <span key={state} data-state={state} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
      <ul className={classes.counts}>
        {progressStates.toReversed().map((state) => (
          <li key={state}>
            <StateMark state={state} />
            {number.format(counts[state])} {t(`status.${state}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}
