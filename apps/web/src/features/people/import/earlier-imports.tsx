import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { pages } from '../../../api.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { Surface } from '../../../ui/surface.tsx'
import classes from './import.module.css'
import { ImportStatePill } from './import-state-pill.tsx'

interface Props {
  readonly courseId: string | undefined
  readonly onOpen: (importId: string) => void
}

/** Every run is a record: what, when, by whom, and a way back. */
export function EarlierImports({ courseId, onOpen }: Props) {
  const { t, i18n } = useTranslation('people')
  const list = useInfiniteQuery(pages('course', 'listPeopleImports', courseId === undefined ? {} : { courseId }))
  const rows = list.data?.pages.flatMap(({ entries }) => entries)
  type Row = NonNullable<typeof rows>[number]
  const number = new Intl.NumberFormat(i18n.language)
  const columns: Column<Row>[] = [
    {
      key: 'file',
      header: t('peopleImport.file'),
      primary: true,
      cell: ({ id, fileName }) => (
        <button type="button" className={classes.linkButton} onClick={() => onOpen(id)}>
          <bdi>{fileName}</bdi>
        </button>
      )
    },
    {
      key: 'when',
      header: t('peopleImport.when'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} show="both" />
    },
    { key: 'by', header: t('peopleImport.by'), cell: ({ createdBy }) => <bdi>{createdBy || '—'}</bdi> },
    { key: 'rows', header: t('peopleImport.rows'), align: 'end', cell: ({ counts }) => number.format(counts.rows) },
    {
      key: 'errors',
      header: t('peopleImport.errors'),
      align: 'end',
      cell: ({ counts }) => number.format(counts.errors)
    },
    { key: 'state', header: t('status'), cell: ({ state }) => <ImportStatePill state={state} /> }
  ]
  return (
    <Surface title={t('peopleImport.earlier')} description={t('peopleImport.earlierWords')}>
      <DataTable
        label={t('peopleImport.earlier')}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowName={({ fileName }) => fileName}
        empty={t('peopleImport.noneYet')}
        error={list.error}
        onRetry={() => void list.refetch()}
        more={{ has: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
      />
    </Surface>
  )
}
