import type { CalendarEntry } from '@lyceum/course/contract'
import { ActionIcon, VisuallyHidden } from '@mantine/core'
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs'
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs'
import { useTranslation } from 'react-i18next'
import { Surface } from '../../../ui/surface.tsx'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './calendar.module.css'
import { datesInWords, monthsInWords } from './date-words.ts'
import { KINDS, KindMark } from './kind-mark.tsx'
import { monthsOf, rowsOf, type Segment, share, shifted, type YearRow, type YearWindow } from './year-window.ts'

interface Props {
  readonly entries: readonly CalendarEntry[]
  readonly window: YearWindow
  /** YYYY-MM-DD in the school. */
  readonly today: string
  readonly onTurn: (window: YearWindow) => void
}

/** Twelve months at a glance: a bar for each term with its exams in it. What it shows is told in words too. */
export function YearChart({ entries, window, today, onTurn }: Props) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const rows = rowsOf(entries, window)
  const months = monthsInWords(window.first, window.last, locale)
  return (
    <Surface title={t('calendar.year')}>
      <div className={classes.turn}>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('calendar.yearBefore')}
          onClick={() => onTurn(shifted(window, -1))}
        >
          <IconChevronLeft size={20} aria-hidden className={classes.arrow} />
        </ActionIcon>
        <strong aria-live="polite">{months}</strong>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('calendar.yearAfter')}
          onClick={() => onTurn(shifted(window, 1))}
        >
          <IconChevronRight size={20} aria-hidden className={classes.arrow} />
        </ActionIcon>
      </div>
      <Months window={window} today={today} />
      {rows.length === 0 ? (
        <p className={classes.quiet}>{t('calendar.nothingThen')}</p>
      ) : (
        <ul className={classes.rows} aria-label={months}>
          {rows.map((row) => (
            <li key={row.key}>
              <Row row={row} window={window} today={today} />
            </li>
          ))}
        </ul>
      )}
      <p className={classes.legend} aria-hidden="true">
        {KINDS.map((kind) => (
          <KindMark key={kind} kind={kind} />
        ))}
      </p>
    </Surface>
  )
}

function Months({ window, today }: Pick<Props, 'window' | 'today'>) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const names = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
  const letters = new Intl.DateTimeFormat(locale, { month: 'narrow', timeZone: 'UTC' })
  return (
    <div className={classes.months} aria-hidden="true">
      {monthsOf(window).map(({ day, start }) => (
        <span key={day} style={{ insetInlineStart: `${start}%` }}>
          <span className={classes.name}>{names.format(new Date(day))}</span>
          <span className={classes.letter}>{letters.format(new Date(day))}</span>
        </span>
      ))}
      {today >= window.first && today <= window.last ? (
        <span className={classes.todayWord} style={{ insetInlineStart: `${share(today, window)}%` }}>
          {t('calendar.today')}
        </span>
      ) : null}
    </div>
  )
}

function Row({ row: { term, segments }, window, today }: { readonly row: YearRow } & Pick<Props, 'window' | 'today'>) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const [first] = segments
  const name = term ? term.entry.title : t(`calendar.rows.${first?.entry.kind ?? 'event'}`)
  return (
    <>
      <p className={classes.rowName}>
        <bdi>{name}</bdi>
        {term ? <span className={classes.quiet}>{datesInWords(term.entry, locale)}</span> : null}
      </p>
      <div className={classes.track} aria-hidden="true">
        {monthsOf(window).map(({ day, start }) => (
          <span key={day} className={classes.line} style={{ insetInlineStart: `${start}%` }} />
        ))}
        {term ? <Bar segment={term} /> : null}
        {segments.map((segment) => (
          <Bar key={segment.entry.id} segment={segment} />
        ))}
        {today >= window.first && today <= window.last ? (
          <span className={classes.today} style={{ insetInlineStart: `${share(today, window)}%` }} />
        ) : null}
      </div>
      <VisuallyHidden>
        {segments.map(({ entry }) => `${entry.title}, ${datesInWords(entry, locale)}`).join('; ')}
      </VisuallyHidden>
    </>
  )
}

const Bar = ({ segment: { entry, start, size } }: { readonly segment: Segment }) => (
  <span
    className={classes.bar}
    data-kind={entry.kind}
    title={entry.title}
    style={{ insetInlineStart: `${start}%`, inlineSize: `${size}%` }}
  />
)
