import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './item-page.module.css'

const lines = ['100%', '96%', '98%', '72%', '100%', '94%', '60%']

/** An item before its data. */
export function ItemSkeleton() {
  const { t } = useTranslation('ui')
  return (
    <div role="status" className={classes.item}>
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      <div className={classes.header}>
        <Skeleton height="1.25rem" width="10rem" mb="0.5rem" />
        <Skeleton height="2.875rem" width="70%" />
        <Skeleton height="1.25rem" width="14rem" mt="0.875rem" />
      </div>
      {lines.map((width) => (
        <Skeleton key={width} height="1.125rem" width={width} mb="0.75rem" />
      ))}
    </div>
  )
}
