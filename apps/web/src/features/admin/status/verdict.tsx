import type { Status } from '@lyceum/platform/system/contract'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import { useTranslation } from 'react-i18next'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './status.module.css'
import { isWrong } from './status-words.ts'

/** One sentence first: whoever was woken up wants to know whether to get up. */
export function Verdict({ status: { well, at, parts } }: { readonly status: Status }) {
  const { t } = useTranslation('admin')
  const { locale } = useViewer()
  const wrong = parts.filter(isWrong).length
  const Icon = well ? IconCircleCheck : IconAlertTriangle
  return (
    <div className={classes.verdict} data-well={well}>
      <Icon size={36} stroke={1.75} aria-hidden className={classes.verdictIcon ?? ''} />
      <div>
        <p role="status" className={classes.verdictWords}>
          {well
            ? t('status.allWell')
            : t('status.notWell', { count: wrong, number: new Intl.NumberFormat(locale).format(wrong) })}
        </p>
        <p className={classes.quiet}>
          {t('status.asked')} <RelativeTime at={at} show="both" />
        </p>
      </div>
    </div>
  )
}
