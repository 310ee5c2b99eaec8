import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import cards from './course-cards.module.css'
import type { View } from './course-cards.tsx'
import classes from './dashboard.module.css'
import nextUp from './next-up.module.css'

const three = [0, 1, 2]

/** The dashboard before its data: the same boxes in the same places. */
export function DashboardSkeleton({ view }: { readonly view: View }) {
  const { t } = useTranslation('ui')
  return (
    <div role="status" className={classes.sections}>
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      <div>
        <Skeleton className={nextUp.heading ?? ''} height="1.71875rem" width="9rem" />
        <div className={nextUp.grid}>
          {three.map((at) => (
            <Skeleton key={at} height="16.5rem" radius="lg" />
          ))}
        </div>
      </div>
      <div>
        <div className={classes.head}>
          <Skeleton height="1.71875rem" width="11rem" />
        </div>
        <div className={cards[view]}>
          {three.map((at) => (
            <Skeleton key={at} height={view === 'cards' ? '18rem' : '5rem'} radius={view === 'cards' ? 'lg' : 0} />
          ))}
        </div>
      </div>
    </div>
  )
}
