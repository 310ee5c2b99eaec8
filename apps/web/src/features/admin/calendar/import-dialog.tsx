import type { CalendarImport, CalendarKind } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { LocalFile } from '../../../ui/local-file.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import classes from './calendar.module.css'
import { ImportPreview } from './import-preview.tsx'
import { refreshCalendar } from './refresh-calendar.ts'

/** Most characters the server takes. */
const MOST = 1_000_000

interface File {
  readonly name: string
  readonly ics: string
}

/** A file of another calendar: read here, looked through, then imported. Nothing happens before that. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [file, setFile] = useState<File>()
  const [refused, setRefused] = useState<'tooBig' | 'unreadable'>()
  const [kinds, setKinds] = useState<ReadonlyMap<string, CalendarKind>>(new Map())
  const asked = ({ ics }: File, chosen: ReadonlyMap<string, CalendarKind>) => ({
    ics,
    kinds: [...chosen].map(([uid, kind]) => ({ uid, kind }))
  })
  const preview = useMutation({
    mutationFn: ({ of, chosen }: { readonly of: File; readonly chosen: ReadonlyMap<string, CalendarKind> }) =>
      api.course.previewCalendarImport(asked(of, chosen))
  })
  const commit = useMutation({
    mutationFn: (of: File) => whileSaving(api.course.importCalendar(asked(of, kinds))),
    onSuccess: async ({ counts }) => {
      showToast(t('calendar.imported', { count: counts.create + counts.replace + counts.remove }), { tone: 'good' })
      await refreshCalendar(queryClient)
      onClose()
    }
  })
  const take = async (chosen: globalThis.File) => {
    setRefused(undefined)
    preview.reset()
    const ics = await chosen.text().catch(() => undefined)
    if (ics === undefined) return setRefused('unreadable')
    if (ics.length > MOST) return setRefused('tooBig')
    const read = { name: chosen.name, ics }
    setFile(read)
    setKinds(new Map())
    preview.mutate({ of: read, chosen: new Map() })
  }
  const choose = (uid: string, kind: CalendarKind) => {
    const chosen = new Map([...kinds, [uid, kind] as const])
    setKinds(chosen)
    if (file) preview.mutate({ of: file, chosen })
  }
  // While a changed kind is looked up the preview before stays in sight.
  const [shown, setShown] = useState<CalendarImport>()
  if (preview.data && preview.data !== shown) setShown(preview.data)
  const seen = file && !preview.error ? shown : undefined
  return (
    <Dialog opened onClose={onClose} title={t('calendar.import')} wide>
      <div className={classes.fields}>
        <ProblemAlert error={preview.error ?? commit.error} />
        {refused ? <p role="alert">{t(`calendar.${refused}`)}</p> : null}
        {seen && file ? (
          <>
            <ImportPreview name={file.name} found={seen} onChoose={choose} />
            <Actions
              found={seen}
              loading={commit.isPending}
              waiting={preview.isPending}
              onImport={() => commit.mutate(file)}
              onOther={() => {
                setFile(undefined)
                setShown(undefined)
                preview.reset()
              }}
            />
          </>
        ) : (
          <>
            <p className={classes.quiet}>{t('calendar.importWords')}</p>
            <LocalFile
              label={preview.isPending ? t('calendar.reading') : t('calendar.drop')}
              accept=".ics,text/calendar"
              loading={preview.isPending}
              onChosen={(chosen) => void take(chosen)}
            />
          </>
        )}
      </div>
    </Dialog>
  )
}

interface ActionsProps {
  readonly found: CalendarImport
  readonly loading: boolean
  readonly waiting: boolean
  readonly onImport: () => void
  readonly onOther: () => void
}

function Actions({ found: { counts }, loading, waiting, onImport, onOther }: ActionsProps) {
  const { t } = useTranslation('admin')
  const changes = counts.create + counts.replace + counts.remove
  return (
    <div className={classes.end}>
      <Button variant="default" onClick={onOther}>
        {t('calendar.otherFile')}
      </Button>
      <Button loading={loading} disabled={changes === 0 || waiting} onClick={onImport}>
        {changes === 0 ? t('calendar.nothingToImport') : t('calendar.importCount', { count: changes })}
      </Button>
    </div>
  )
}
