import type { CalendarImport, CalendarImportRow, CalendarKind } from '@lyceum/course/contract'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import { useTranslation } from 'react-i18next'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './calendar.module.css'
import { datesInWords } from './date-words.ts'
import { KindChoice } from './kind-choice.tsx'

interface Props {
  /** Of the file. */
  readonly name: string
  readonly found: CalendarImport
  readonly onChoose: (uid: string, kind: CalendarKind) => void
}

/** What importing the file would do, event by event; what needs a look stands first. */
export function ImportPreview({ name, found: { rows, counts }, onChoose }: Props) {
  const { t, i18n } = useTranslation('admin')
  const number = new Intl.NumberFormat(i18n.language)
  const told = (['create', 'replace', 'unchanged', 'remove', 'outside', 'error'] as const).filter(
    (one) => counts[one] > 0
  )
  return (
    <>
      <p className={classes.counts} role="status">
        <bdi>{name}</bdi>
        {told.map((outcome) => (
          <span key={outcome} data-outcome={outcome}>
            <strong>{number.format(counts[outcome])}</strong> {t(`calendar.outcomes.${outcome}`)}
          </span>
        ))}
      </p>
      <ul className={classes.found} aria-label={t('calendar.eventsOf', { file: name })}>
        {rows.map((row) => (
          <li key={row.row} data-outcome={row.outcome}>
            <Found row={row} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Found({ row, onChoose }: { readonly row: CalendarImportRow } & Pick<Props, 'onChoose'>) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const faultWords = useFaultWords()
  const { uid, title, kind, startsOn, endsOn, startTime, endTime, outcome, faults } = row
  const name = title || uid || t('calendar.unnamed')
  return (
    <>
      <span className={classes.foundWords}>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {startsOn !== null && endsOn !== null ? (
          <span>{datesInWords({ startsOn, endsOn, startTime, endTime }, locale)}</span>
        ) : null}
        {faults.map((fault) => (
          <span key={fault.code} className={classes.fault}>
            <IconAlertTriangle size={16} aria-hidden />
            {faultWords(fault)}
          </span>
        ))}
      </span>
      <span className={classes.foundWhat}>
        <span className={classes.outcome}>{t(`calendar.does.${outcome}`)}</span>
        {kind !== null && outcome !== 'remove' ? (
          <KindChoice
            value={kind}
            label={t('calendar.kindOf', { title: name })}
            onChoose={(chosen) => onChoose(uid, chosen)}
          />
        ) : null}
      </span>
    </>
  )
}

/** Faults in the reader's language where there are words for them, else as the server says it. */
function useFaultWords(): (fault: CalendarImportRow['faults'][number]) => string {
  const { t, i18n } = useTranslation('admin')
  return ({ code, message }) => {
    const known = FAULTS.find((one) => one === code)
    // In English the server's sentence says more: which zone, which line.
    return known === undefined || i18n.language === 'en' ? message : t(`calendar.faults.${known}`)
  }
}

const FAULTS = [
  'unreadable',
  'no-uid',
  'no-start',
  'range',
  'repeats-too-often',
  'too-much-work',
  'time-zone-unknown',
  'too-long',
  'before-start',
  'no-day'
] as const
