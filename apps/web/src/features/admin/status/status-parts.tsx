import type { StatusHistory, StatusPart } from '@lyceum/platform/system/contract'
import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import IconCircleMinus from '@tabler/icons-react/dist/esm/icons/IconCircleMinus.mjs'
import IconClockExclamation from '@tabler/icons-react/dist/esm/icons/IconClockExclamation.mjs'
import IconHelpCircle from '@tabler/icons-react/dist/esm/icons/IconHelpCircle.mjs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { HistoryStrip } from './history-strip.tsx'
import classes from './status.module.css'
import { inOrder, isWrong, useStatusWords } from './status-words.ts'

const ICONS = {
  well: IconCircleCheck,
  late: IconClockExclamation,
  broken: IconAlertTriangle,
  unknown: IconHelpCircle,
  unused: IconCircleMinus
}

/** Every part with its state in a word, a sentence, and what to do. */
export function StatusParts({
  parts,
  history
}: {
  readonly parts: readonly StatusPart[]
  /** Of the last 24 hours; undefined while nothing is known of them. */
  readonly history: StatusHistory | undefined
}) {
  const { t } = useTranslation('admin')
  return (
    <ul className={classes.parts} aria-label={t('status.list')}>
      {inOrder(parts).map((part) => (
        <Part key={part.name} part={part} history={history} />
      ))}
    </ul>
  )
}

function Part({ part, history }: { readonly part: StatusPart; readonly history: StatusHistory | undefined }) {
  const { t } = useTranslation('admin')
  const words = useStatusWords()
  const { name, sentence, remedy } = words(part)
  const Icon = ICONS[part.state]
  const place = placeOf(part)
  const past = history?.parts.find((one) => one.name === part.name)
  return (
    <li className={classes.part} data-state={part.state}>
      <Icon size={22} stroke={1.75} aria-hidden className={classes.icon ?? ''} />
      <div className={classes.words}>
        <h2 className={classes.name}>
          {name} <span className={classes.state}>{t(`status.states.${part.state}`)}</span>
        </h2>
        <p>{sentence}</p>
        {remedy === null ? null : (
          <p>
            <strong>{t('status.whatToDo')}</strong> {remedy}
          </p>
        )}
        {isWrong(part) && part.detail !== null ? (
          <p className={classes.quiet}>
            {t('status.said')} <bdi dir="ltr">{part.detail}</bdi>
          </p>
        ) : null}
        {history && past ? <HistoryStrip part={past} history={history} /> : null}
        {place ? (
          <Button component={Link} to={place.to} size="compact-sm" variant="default" className={classes.place ?? ''}>
            {t(`status.look.${place.name}`)}
          </Button>
        ) : null}
      </div>
    </li>
  )
}

/** Screens that show more, of the school one is in. */
const PLACES = {
  jobs: { name: 'jobs', to: path.jobs() },
  events: { name: 'events', to: path.events() },
  mail: { name: 'mail', to: path.mail() }
} as const

const placeOf = (part: StatusPart) =>
  isWrong(part) ? Object.values(PLACES).find(({ name }) => name === part.name) : undefined
