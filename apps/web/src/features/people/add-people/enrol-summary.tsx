import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { StatusPill } from '../../../ui/status-pill.tsx'
import classes from './add-people.module.css'
import type { EnrolResult } from './enrol-in-parts.ts'

interface Props {
  readonly result: EnrolResult
  readonly onMore: () => void
  readonly onDone: () => void
}

/** What came of it: who is in now, who was invited, who was in already. */
export function EnrolSummary({ result: { enrolled, alreadyEnrolled }, onMore, onDone }: Props) {
  const { t } = useTranslation('people')
  const invited = enrolled.filter(({ status }) => status === 'invited').length
  return (
    <div className={classes.stack}>
      <div className={classes.summary} role="status">
        <StatusPill status="done" label={t('addPeople.done')} />
        <h3>{t('addPeople.enrolled', { count: enrolled.length })}</h3>
        {invited > 0 ? <p className={classes.count}>{t('addPeople.invited', { count: invited })}</p> : null}
        {enrolled.length > 0 ? (
          <ul className={classes.names}>
            {enrolled.map(({ id, name, email }) => (
              <li key={id}>
                <bdi>{name}</bdi> <bdi dir="ltr">{email}</bdi>
              </li>
            ))}
          </ul>
        ) : null}
        {alreadyEnrolled.length > 0 ? (
          <>
            <h3>{t('addPeople.already', { count: alreadyEnrolled.length })}</h3>
            <ul className={classes.names}>
              {alreadyEnrolled.map((email) => (
                <li key={email}>
                  <bdi dir="ltr">{email}</bdi>
                </li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onMore}>
          {t('addPeople.more')}
        </Button>
        <Button onClick={onDone} data-autofocus>
          {t('done')}
        </Button>
      </div>
    </div>
  )
}
