import type { PeopleImport } from '@lyceum/course/contract'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs'
import IconEqual from '@tabler/icons-react/dist/esm/icons/IconEqual.mjs'
import IconUserCheck from '@tabler/icons-react/dist/esm/icons/IconUserCheck.mjs'
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs'
import { useTranslation } from 'react-i18next'
import classes from './import.module.css'

/** What will happen, or has happened, said exactly. */
export function ImportOutcomes({ run: { state, courseId, counts } }: { readonly run: PeopleImport }) {
  const { t } = useTranslation('people')
  if (state === 'undone') return <p className={classes.words}>{t('peopleImport.undoneWords')}</p>
  const { create, enrol, unchanged, errors, done } = counts
  return (
    <ul className={classes.outcomes}>
      {done > 0 ? (
        <li>
          <IconCheck size={20} aria-hidden />
          {t('peopleImport.outcome.done', { count: done })}
        </li>
      ) : null}
      {create > 0 ? (
        <li>
          <IconUserPlus size={20} aria-hidden />
          {courseId === null
            ? t('peopleImport.outcome.create', { count: create })
            : t('peopleImport.outcome.createInCourse', { count: create })}
        </li>
      ) : null}
      {enrol > 0 ? (
        <li>
          <IconUserCheck size={20} aria-hidden />
          {t('peopleImport.outcome.enrol', { count: enrol })}
        </li>
      ) : null}
      {unchanged > 0 ? (
        <li>
          <IconEqual size={20} aria-hidden />
          {t('peopleImport.outcome.unchanged', { count: unchanged })}
        </li>
      ) : null}
      {errors > 0 ? (
        <li>
          <IconAlertTriangle size={20} aria-hidden />
          {t('peopleImport.outcome.errors', { count: errors })}
        </li>
      ) : null}
    </ul>
  )
}
