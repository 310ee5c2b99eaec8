import type { CalendarEntry } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs'
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '../../api.ts'
import { Page } from '../../shell/page.tsx'
import { useSchool } from '../../shell/session.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Loading } from '../../ui/loading.tsx'
import { useViewer } from '../../ui/viewer.tsx'
import classes from './calendar/calendar.module.css'
import { monthsInWords, todayIn } from './calendar/date-words.ts'
import { EntryList } from './calendar/entry-list.tsx'
import { Feed } from './calendar/feed.tsx'
import { HoldNotice } from './calendar/hold-notice.tsx'
import { YearChart } from './calendar/year-chart.tsx'
import { isUnsettled, touches, windowAround, type YearWindow } from './calendar/year-window.ts'

const EntryDialog = lazy(async () => ({ default: (await import('./calendar/entry-dialog.tsx')).EntryDialog }))
const ImportDialog = lazy(async () => ({ default: (await import('./calendar/import-dialog.tsx')).ImportDialog }))

type Open = { readonly dialog: 'entry'; readonly entry?: CalendarEntry } | { readonly dialog: 'import' }

/** Terms, exam periods, holidays and events of the school, and what they mean for new versions of the platform. */
export default function CalendarPage() {
  const { t } = useTranslation('admin')
  const { timeZone } = useSchool()
  const [open, setOpen] = useState<Open>()
  const list = useQuery(query('course', 'listCalendarEntries', {}))
  const close = () => setOpen(undefined)
  const add = (
    <Button leftSection={<IconPlus size={20} aria-hidden />} onClick={() => setOpen({ dialog: 'entry' })}>
      {t('calendar.add')}
    </Button>
  )
  return (
    <Page
      title={t('calendar.title')}
      description={t('calendar.words', { zone: timeZone.replaceAll('_', ' ') })}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconFileImport size={20} aria-hidden />}
            onClick={() => setOpen({ dialog: 'import' })}
          >
            {t('calendar.import')}
          </Button>
          {add}
        </>
      }
    >
      {list.data === undefined ? (
        list.error ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <Loading shape="page" />
        )
      ) : (
        <Year
          entries={list.data.entries}
          timeZone={timeZone}
          emptyAction={add}
          onEdit={(entry) => setOpen({ dialog: 'entry', entry })}
        />
      )}
      <Suspense>
        {open?.dialog === 'import' ? <ImportDialog onClose={close} /> : null}
        {open?.dialog === 'entry' ? (
          <EntryDialog {...(open.entry ? { entry: open.entry } : {})} timeZone={timeZone} onClose={close} />
        ) : null}
      </Suspense>
    </Page>
  )
}

interface YearProps {
  readonly entries: readonly CalendarEntry[]
  readonly timeZone: string
  readonly emptyAction: React.ReactNode
  readonly onEdit: (entry: CalendarEntry) => void
}

function Year({ entries, timeZone, emptyAction, onEdit }: YearProps) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const today = todayIn(timeZone)
  const [turned, setTurned] = useState<YearWindow>()
  const window = turned ?? windowAround(entries, today)
  const months = monthsInWords(window.first, window.last, locale)
  return (
    <div className={classes.stack}>
      <HoldNotice entries={entries} />
      {entries.length === 0 ? null : <YearChart entries={entries} window={window} today={today} onTurn={setTurned} />}
      <EntryList
        label={t('calendar.entriesOf', { months })}
        entries={entries.filter((entry) => touches(entry, window))}
        isUnsettled={(entry) => isUnsettled(entry, entries)}
        emptyAction={entries.length === 0 ? emptyAction : null}
        onEdit={onEdit}
      />
      <Feed />
    </div>
  )
}
