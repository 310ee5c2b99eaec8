import type { CalendarEntry, CalendarKind } from '@lyceum/course/contract'
import { Button, Checkbox, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/Switch.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { showToast } from '../../../ui/toast.ts'
import { useSubmit } from '../../../ui/use-submit.ts'
import { isStale, StaleNotice } from '../stale-notice.tsx'
import classes from './calendar.module.css'
import { KINDS } from './kind-mark.tsx'
import { refreshCalendar } from './refresh-calendar.ts'

const fields = ['title', 'startsOn', 'endsOn', 'startTime', 'endTime', 'marginHours'] as const
const MARGIN_HOURS = 24

interface Props {
  /** What is changed; a new entry without it. */
  readonly entry?: CalendarEntry
  readonly timeZone: string
  readonly onClose: () => void
}

/** A term, exam period, holiday or event. Days and hours are those of the school, wherever the person sits. */
export function EntryDialog({ entry, timeZone, onClose }: Props) {
  const { t } = useTranslation('admin')
  const queryClient = useQueryClient()
  const [kind, setKind] = useState<CalendarKind>(entry?.kind ?? 'exam-period')
  const [wholeDays, setWholeDays] = useState((entry?.startTime ?? null) === null)
  const [freezes, setFreezes] = useState(entry?.freezes ?? false)
  const [first, setFirst] = useState(entry?.startsOn ?? '')
  const holds = kind === 'exam-period' || (kind === 'event' && freezes)
  const { onSubmit, pending, error, fieldError } = useSubmit(
    async ({ title = '', startsOn = '', endsOn = '', startTime, endTime, marginHours, noExams }) => {
      const given = {
        kind,
        title: title.trim(),
        startsOn,
        endsOn,
        startTime: wholeDays ? null : (startTime ?? null),
        endTime: wholeDays ? null : (endTime ?? null),
        freezes: holds,
        noExams: noExams !== undefined,
        ...(marginHours === undefined ? {} : { marginHours: Number(marginHours) })
      }
      await whileSaving(
        entry
          ? api.course.updateCalendarEntry({ entryId: entry.id, ...given }, { ifMatch: entry.version })
          : api.course.createCalendarEntry(given)
      )
      showToast(t('saved'), { tone: 'good' })
      await refreshCalendar(queryClient)
      onClose()
    },
    ({ startsOn = '', endsOn = '', startTime, endTime, marginHours }) => ({
      startsOn: startsOn === '' ? t('calendar.dayNeeded') : undefined,
      endsOn: endsOn === '' ? t('calendar.dayNeeded') : endsOn < startsOn ? t('calendar.endsBefore') : undefined,
      startTime: startTime === '' ? t('calendar.timeNeeded') : undefined,
      endTime:
        endTime === ''
          ? t('calendar.timeNeeded')
          : startsOn === endsOn && startTime && endTime && endTime <= startTime
            ? t('calendar.endsBefore')
            : undefined,
      marginHours: marginHours === '' ? t('calendar.hoursNeeded') : undefined
    })
  )
  const load = () => {
    void refreshCalendar(queryClient)
    onClose()
  }
  return (
    <Dialog opened onClose={onClose} title={entry ? <bdi>{entry.title}</bdi> : t('calendar.add')}>
      <form onSubmit={onSubmit} className={classes.fields} noValidate>
        <StaleNotice error={error} onLoad={load} />
        {isStale(error) ? null : <ProblemAlert error={error} fields={fields} />}
        <NativeSelect
          label={t('calendar.kind')}
          value={kind}
          data={KINDS.map((value) => ({ value, label: t(`calendar.kinds.${value}`) }))}
          description={t(`calendar.kindHints.${kind}`)}
          onChange={({ currentTarget }) => setKind(KINDS.find((one) => one === currentTarget.value) ?? 'event')}
        />
        <TextInput
          name="title"
          label={t('calendar.entryTitle')}
          required
          withAsterisk={false}
          maxLength={200}
          defaultValue={entry?.title ?? ''}
          data-autofocus
          error={fieldError('title')}
        />
        <div className={classes.pair}>
          <TextInput
            type="date"
            name="startsOn"
            label={t('calendar.firstDay')}
            value={first}
            onChange={({ currentTarget }) => setFirst(currentTarget.value)}
            error={fieldError('startsOn')}
          />
          <TextInput
            type="date"
            name="endsOn"
            label={t('calendar.lastDay')}
            min={first}
            defaultValue={entry?.endsOn ?? ''}
            error={fieldError('endsOn')}
          />
        </div>
        <Switch
          checked={wholeDays}
          onChange={({ currentTarget }) => setWholeDays(currentTarget.checked)}
          label={t('calendar.wholeDays')}
        />
        {wholeDays ? null : (
          <div className={classes.pair}>
            <TextInput
              type="time"
              name="startTime"
              label={t('calendar.fromTime')}
              description={t('calendar.inZone', { zone: timeZone.replaceAll('_', ' ') })}
              defaultValue={entry?.startTime ?? '09:00'}
              error={fieldError('startTime')}
            />
            <TextInput
              type="time"
              name="endTime"
              label={t('calendar.toTime')}
              description={t('calendar.inZone', { zone: timeZone.replaceAll('_', ' ') })}
              defaultValue={entry?.endTime ?? '17:00'}
              error={fieldError('endTime')}
            />
          </div>
        )}
        {kind === 'event' ? (
          <Checkbox
            checked={freezes}
            onChange={({ currentTarget }) => setFreezes(currentTarget.checked)}
            label={t('calendar.holdReleases')}
            description={t('calendar.holdReleasesHint')}
          />
        ) : null}
        {kind === 'term' ? (
          <Checkbox
            name="noExams"
            defaultChecked={entry?.noExams ?? false}
            label={t('calendar.noExamsInTerm')}
            description={t('calendar.noExamsHint')}
          />
        ) : null}
        {holds ? (
          <NumberInput
            name="marginHours"
            label={t('calendar.margin')}
            description={t('calendar.marginHint')}
            min={0}
            max={336}
            allowDecimal={false}
            allowNegative={false}
            defaultValue={entry?.marginHours ?? MARGIN_HOURS}
            error={fieldError('marginHours')}
          />
        ) : null}
        <div className={classes.end}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={pending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
