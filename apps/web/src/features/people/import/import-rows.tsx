import type { ImportRow, PeopleImport } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import { query } from '../../../api.ts'
import { CountChips } from '../../../ui/count-chips.tsx'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { Pager } from '../../../ui/pager.tsx'
import { showToast } from '../../../ui/toast.ts'
import { usePager } from '../../../ui/use-pager.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'
import { downloadErrorRows } from './download-error-rows.ts'
import classes from './import.module.css'
import { OutcomePill } from './outcome-pill.tsx'
import { type Outcome, useOutcomeChips } from './use-outcome-chips.tsx'
import { useRowFaults } from './use-row-faults.ts'

const PAGE = 100

type Row = Static<typeof ImportRow>

/** What each row does, or what is wrong with which cell; one page at a time, however long the file. */
export function ImportRows({ run }: { readonly run: PeopleImport }) {
  const { t } = useTranslation('people')
  const [outcome, setOutcome] = useState<Outcome>()
  const pager = usePager()
  const chips = useOutcomeChips(run)
  const columns = useColumns(run)
  const list = useQuery({
    ...query('course', 'listPeopleImportRows', {
      importId: run.id,
      limit: PAGE,
      ...(outcome ? { outcome } : {}),
      ...(pager.cursor ? { cursor: pager.cursor } : {})
    }),
    placeholderData: keepPreviousData
  })
  const rows = list.data?.entries
  const choose = (key: string) => {
    setOutcome(chips.find((chip) => chip.key === key)?.key)
    pager.restart()
  }
  return (
    <div>
      <CountChips label={t('peopleImport.show')} chips={chips} value={outcome ?? ''} onChoose={choose} />
      <DataTable
        label={t('peopleImport.rowsOf', { file: run.fileName })}
        columns={columns}
        rows={rows}
        rowKey={({ row }) => String(row)}
        rowName={({ email }) => email}
        empty={outcome ? t('peopleImport.noneOfThis') : t('peopleImport.noRows')}
        error={list.error}
        onRetry={() => void list.refetch()}
        toolbar={run.counts.errors > 0 ? <ErrorRowsButton run={run} /> : null}
        pager={
          <Pager
            from={pager.page * PAGE + 1}
            shown={rows?.length ?? 0}
            total={outcome ? chips.find(({ key }) => key === outcome)?.count : run.counts.rows}
            loading={list.isPlaceholderData}
            onPrevious={pager.previous}
            onNext={pager.next(list.data?.nextCursor)}
          />
        }
      />
    </div>
  )
}

function useColumns({ courseId }: PeopleImport): Column<Row>[] {
  const { t } = useTranslation('people')
  const faults = useRowFaults()
  const cell = (row: Row, column: string, text: string) => (
    <span className={classes.cell} data-column={column}>
      {text ? <bdi>{text}</bdi> : <span className={classes.quiet}>{t('peopleImport.blank')}</span>}
      {faults(row, column).map((words) => (
        <Fault key={words} words={words} />
      ))}
    </span>
  )
  return [
    { key: 'row', header: t('peopleImport.line'), cell: ({ row }) => <span className={classes.quiet}>{row}</span> },
    { key: 'name', header: t('name'), primary: true, cell: (row) => cell(row, 'name', row.name) },
    { key: 'email', header: t('email'), cell: (row) => cell(row, 'email', row.email) },
    { key: 'role', header: t('role'), cell: (row) => cell(row, 'role', row.role) },
    ...(courseId === null
      ? [{ key: 'course', header: t('peopleImport.course'), cell: (row: Row) => cell(row, 'course', row.course) }]
      : []),
    {
      key: 'outcome',
      header: t('peopleImport.whatHappens'),
      cell: (row) => (
        <span className={classes.cell}>
          <OutcomePill outcome={row.outcome} />
          {faults(row, '').map((words) => (
            <Fault key={words} words={words} />
          ))}
        </span>
      )
    }
  ]
}

const Fault = ({ words }: { readonly words: string }) => (
  <span className={classes.fault}>
    <IconAlertTriangle size={14} aria-hidden />
    {words}
  </span>
)

function ErrorRowsButton({ run }: { readonly run: PeopleImport }) {
  const { t } = useTranslation('people')
  const words = useProblemWords()
  const faults = useRowFaults()
  const download = useMutation({
    mutationFn: () => downloadErrorRows(run, t('peopleImport.fault'), faults),
    onError: (error) => showToast(words(error), { tone: 'bad' })
  })
  return (
    <Button
      variant="default"
      size="sm"
      leftSection={<IconDownload size={18} aria-hidden />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      {t('peopleImport.downloadErrors')}
    </Button>
  )
}
