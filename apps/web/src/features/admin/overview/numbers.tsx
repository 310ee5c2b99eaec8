import type { Overview } from '@lyceum/platform/system/contract'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { query } from '../../../api.ts'
import { path } from '../../../path.ts'
import { useMay } from '../../../shell/session.ts'
import { ProgressBar } from '../../../ui/progress.tsx'
import { sizeInWords } from '../../../ui/size-words.ts'
import { durationInWords } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './overview.module.css'

/** A backlog younger than this is ordinary business. */
const LATE_SECONDS = 60

/** Numbers that are links to where one can do something about them. */
export function Numbers({ overview: { activePeople, jobs, events } }: { readonly overview: Overview }) {
  const { t, i18n } = useTranslation('admin')
  const { locale } = useViewer()
  const number = (value: number) => new Intl.NumberFormat(i18n.language).format(value)
  const late = (seconds: number) =>
    seconds > LATE_SECONDS ? t('overview.oldest', { time: durationInWords(seconds, locale) }) : t('overview.upToDate')
  return (
    <div className={classes.numbers}>
      <Tile to={path.people()} title={t('overview.active')} value={number(activePeople)}>
        {t('overview.activeWords')}
      </Tile>
      <Invited />
      <Tile
        to={path.jobs()}
        title={t('overview.jobs')}
        value={number(jobs.waiting + jobs.running + jobs.retrying)}
        bad={jobs.dead > 0}
      >
        {jobs.dead > 0
          ? t('overview.dead', { count: jobs.dead })
          : jobs.retrying > 0
            ? t('overview.retrying', { count: jobs.retrying })
            : late(jobs.oldestSeconds)}
      </Tile>
      <Tile to={path.events()} title={t('overview.events')} value={number(events.unrelayed)}>
        {late(events.oldestSeconds)}
      </Tile>
      <Mail />
      <Storage />
    </div>
  )
}

function Invited() {
  const { t, i18n } = useTranslation('admin')
  const mayRead = useMay('people:read')
  const { data } = useQuery({ ...query('user', 'listPeople', { status: 'invited', limit: 1 }), enabled: mayRead })
  if (!data) return null
  return (
    <Tile
      to={`${path.people()}?status=invited`}
      title={t('overview.invited')}
      value={new Intl.NumberFormat(i18n.language).format(data.total)}
    >
      {t('overview.invitedWords')}
    </Tile>
  )
}

function Mail() {
  const { t } = useTranslation('admin')
  const mayRead = useMay('mail:read')
  const settings = useQuery({ ...query('notification', 'getMailSettings', {}), enabled: mayRead })
  const failed = useQuery({
    ...query('notification', 'listMails', { state: 'failed', limit: 1 }),
    enabled: mayRead
  })
  if (!settings.data) return null
  const held = settings.data.transport === 'held'
  const isFailing = (failed.data?.entries.length ?? 0) > 0
  return (
    <Tile
      to={isFailing ? `${path.mail()}?state=failed` : path.mail()}
      title={t('overview.mail')}
      value={held ? t('overview.mailHeld') : t('overview.mailLeaves')}
      bad={isFailing}
    >
      {isFailing ? t('overview.mailFailed') : held ? t('overview.mailHeldWords') : t('overview.mailFine')}
    </Tile>
  )
}

function Storage() {
  const { t, i18n } = useTranslation('admin')
  const mayRead = useMay('school:manage')
  const { data } = useQuery({ ...query('file', 'getStorage', {}), enabled: mayRead })
  if (!data) return null
  const used = sizeInWords(data.bytes, i18n.language)
  return (
    <Tile title={t('overview.storage')} value={used}>
      {data.limitBytes === null ? (
        t('overview.files', { count: data.files })
      ) : (
        <>
          {t('overview.storageOf', { limit: sizeInWords(data.limitBytes, i18n.language) })}
          <ProgressBar
            bare
            label={t('overview.storage')}
            completed={Math.round((100 * data.bytes) / Math.max(1, data.limitBytes))}
            total={100}
          />
        </>
      )}
    </Tile>
  )
}

interface TileProps {
  readonly title: string
  readonly value: string
  readonly to?: string
  readonly bad?: boolean
  readonly children: ReactNode
}

function Tile({ title, value, to, bad = false, children }: TileProps) {
  const id = useId()
  return (
    <section className={classes.tile} data-bad={bad || undefined} aria-labelledby={id}>
      <h2 id={id} className={classes.tileTitle}>
        {to ? (
          <Link to={to} className={classes.tileLink}>
            {title}
          </Link>
        ) : (
          title
        )}
      </h2>
      <p className={classes.value}>{value}</p>
      <div className={classes.tileWords}>{children}</div>
    </section>
  )
}
