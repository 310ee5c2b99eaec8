import type { Overview } from '@lyceum/platform/system/contract'
import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import classes from './overview.module.css'

/** "All good", or what is not, with the remedy. */
export function Health({ overview: { healthy, checks } }: { readonly overview: Overview }) {
  const { t, i18n } = useTranslation('admin')
  const bad = checks.filter(({ ok }) => !ok).length
  const known = (name: string): name is 'database' => i18n.exists(`overview.checks.${name}`, { ns: 'admin' })
  const Icon = healthy ? IconCircleCheck : IconAlertTriangle
  return (
    <section className={classes.health} data-healthy={healthy} aria-labelledby="health">
      <Icon size={36} stroke={1.75} aria-hidden className={classes.verdictIcon ?? ''} data-healthy={healthy} />
      <div className={classes.healthWords}>
        <h2 id="health" className={classes.verdict}>
          <span role="status">{healthy ? t('overview.allGood') : t('overview.notGood', { count: bad })}</span>
        </h2>
        <ul className={classes.checks}>
          {checks.map(({ name, ok, message }) => (
            <li key={name}>
              {ok ? (
                <IconCircleCheck size={18} aria-hidden className={classes.checkIcon ?? ''} data-ok />
              ) : (
                <IconAlertTriangle size={18} aria-hidden className={classes.checkIcon ?? ''} data-ok={false} />
              )}
              <span>
                <strong>{known(name) ? t(`overview.checks.${name}`) : name}</strong>
                {' — '}
                {ok ? t(`overview.fine.${known(name) ? name : 'other'}`) : <bdi>{message}</bdi>}
              </span>
              {!ok && name === 'jobs' ? (
                <Button component={Link} to={path.jobs()} size="compact-sm" variant="default">
                  {t('overview.toJobs')}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
