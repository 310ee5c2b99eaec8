import type { Overview } from '@lyceum/platform/system/contract'
import { useTranslation } from 'react-i18next'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import classes from './overview.module.css'

/** What runs here and since when: the first things anybody asks who is called for help. */
export function ReleaseFacts({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation('admin')
  return (
    <dl className={classes.facts}>
      <div>
        <dt>{t('overview.release')}</dt>
        <dd>
          <bdi dir="ltr">{overview.release}</bdi>
        </dd>
      </div>
      <div>
        <dt>{t('overview.environment')}</dt>
        <dd>
          <bdi dir="ltr">{overview.environment}</bdi>
        </dd>
      </div>
      <div>
        <dt>{t('overview.started')}</dt>
        <dd>
          <RelativeTime at={overview.startedAt} show="both" />
        </dd>
      </div>
    </dl>
  )
}
