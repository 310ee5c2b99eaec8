import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './course-home.module.css'

const units = [0, 1, 2]

/** A course before its data: the same boxes in the same places. */
export function CourseHomeSkeleton() {
  const { t } = useTranslation('ui')
  return (
    <div role="status" className={classes.page}>
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      <Skeleton height="17rem" radius="lg" />
      <div className={classes.tools} />
      <div className={classes.units}>
        {units.map((at) => (
          <Skeleton key={at} height={at === 0 ? '20rem' : '3.75rem'} radius="lg" />
        ))}
      </div>
    </div>
  )
}
