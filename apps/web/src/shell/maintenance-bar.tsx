import { useTranslation } from 'react-i18next'
import { useMaintenance } from '../ui/maintenance.ts'
import { timeSeenFrom } from '../ui/time-words.ts'
import { useViewer } from '../ui/viewer.tsx'
import classes from './maintenance-bar.module.css'

/** Says beforehand when the installation will be closed, and during it why nothing is saved. */
export function MaintenanceBar() {
  const { t } = useTranslation()
  const { locale, timeZone } = useViewer()
  const maintenance = useMaintenance()
  if (!maintenance) return null
  const { startsAt, until, message } = maintenance
  const now = new Date()
  const isAhead = startsAt > now
  const at = (instant: Date, from = now) => timeSeenFrom(from, instant, locale, timeZone)
  return (
    <div className={classes.bar} role="status">
      <strong>
        {isAhead
          ? until
            ? t('maintenance.aheadUntil', { from: at(startsAt), until: at(until, startsAt) })
            : t('maintenance.ahead', { from: at(startsAt) })
          : until && until > now
            ? t('maintenance.nowUntil', { until: at(until) })
            : t('maintenance.now')}
      </strong>
      {message === '' ? null : <span dir="auto">{message}</span>}
    </div>
  )
}
