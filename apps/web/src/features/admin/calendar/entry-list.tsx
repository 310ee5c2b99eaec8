import type { CalendarEntry } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { type Column, DataTable } from '../../../ui/data-table.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast, showUndo } from '../../../ui/toast.ts'
import { useProblemWords } from '../../../ui/use-problem-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './calendar.module.css'
import { datesInWords } from './date-words.ts'
import { KINDS, KindMark } from './kind-mark.tsx'
import { refreshCalendar } from './refresh-calendar.ts'

interface Props {
  readonly label: string
  /** Of the year that is looked at. */
  readonly entries: readonly CalendarEntry[]
  readonly isUnsettled: (entry: CalendarEntry) => boolean
  readonly emptyAction: ReactNode
  readonly onEdit: (entry: CalendarEntry) => void
}

/** Every entry of the year, with what it means for releases. */
export function EntryList({ label, entries, isUnsettled, emptyAction, onEdit }: Props) {
  const { t } = useTranslation('admin')
  const [kind, setKind] = useState('')
  const columns = useColumns({ onEdit, isUnsettled })
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={entries.filter((entry) => kind === '' || entry.kind === kind)}
      rowKey={({ id }) => id}
      rowName={({ title }) => title}
      filters={[
        {
          key: 'kind',
          label: t('calendar.kind'),
          value: kind,
          options: [
            { value: '', label: t('calendar.everyKind') },
            ...KINDS.map((value) => ({ value, label: t(`calendar.kinds.${value}`) }))
          ],
          onChange: setKind
        }
      ]}
      empty={t('calendar.none')}
      emptyAction={emptyAction}
      exportName={t('calendar.fileName')}
    />
  )
}

function useColumns({ onEdit, isUnsettled }: Pick<Props, 'onEdit' | 'isUnsettled'>): Column<CalendarEntry>[] {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const remove = useRemove()
  const releases = (entry: CalendarEntry) => {
    const { kind, freezes, marginHours, noExams } = entry
    if (freezes) return marginHours === 0 ? t('calendar.heldThen') : t('calendar.heldBefore', { count: marginHours })
    if (isUnsettled(entry)) return t('calendar.heldUnknown')
    return kind === 'term' && noExams ? t('calendar.noExams') : t('calendar.notHeld')
  }
  return [
    {
      key: 'title',
      header: t('calendar.entryTitle'),
      primary: true,
      sortBy: ({ title }) => title,
      text: ({ title }) => title,
      cell: ({ title }) => <bdi>{title}</bdi>
    },
    {
      key: 'kind',
      header: t('calendar.kind'),
      sortBy: ({ kind }) => KINDS.indexOf(kind),
      text: ({ kind }) => t(`calendar.kinds.${kind}`),
      cell: ({ kind }) => <KindMark kind={kind} />
    },
    {
      key: 'dates',
      header: t('calendar.when'),
      sortBy: ({ startsOn, startTime }) => `${startsOn}${startTime ?? ''}`,
      text: (entry) => datesInWords(entry, locale),
      cell: (entry) => datesInWords(entry, locale)
    },
    { key: 'releases', header: t('calendar.releases'), text: releases, cell: releases },
    {
      key: 'actions',
      header: '',
      align: 'end',
      cell: (entry) => (
        <span className={classes.actions}>
          <Button
            size="sm"
            variant="default"
            aria-label={t('calendar.editNamed', { title: entry.title })}
            onClick={() => onEdit(entry)}
          >
            {t('calendar.edit')}
          </Button>
          <Button
            size="sm"
            variant="default"
            aria-label={t('calendar.removeNamed', { title: entry.title })}
            loading={remove.isPending && remove.variables.id === entry.id}
            onClick={() => remove.mutate(entry)}
          >
            {t('calendar.remove')}
          </Button>
        </span>
      )
    }
  ]
}

/** Removes at once and offers to take it back. */
function useRemove() {
  const { t } = useTranslation('admin')
  const words = useProblemWords()
  const queryClient = useQueryClient()
  const restore = async (entryId: string) => {
    try {
      await whileSaving(api.course.restoreCalendarEntry({ entryId }))
    } catch (error) {
      showToast(words(error), { tone: 'bad' })
    }
    await refreshCalendar(queryClient)
  }
  return useMutation({
    mutationFn: ({ id }: CalendarEntry) => whileSaving(api.course.deleteCalendarEntry({ entryId: id })),
    onSuccess: async (_, { id, title }) => {
      showUndo(t('calendar.removed', { title }), t('undo'), () => void restore(id))
      await refreshCalendar(queryClient)
    },
    onError: (error) => showToast(words(error), { tone: 'bad' })
  })
}
