import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './loading.module.css'

/** The shape of what is coming. `page` for a whole page below its header, `rows` for a list, `cards` for a grid. */
export function Loading({
  shape = 'page',
  count = 4
}: {
  readonly shape?: 'page' | 'rows' | 'cards'
  readonly count?: number
}) {
  const { t } = useTranslation('ui')
  const places = Array.from({ length: count }, (_, index) => index)
  return (
    <div role="status" className={classes[shape]}>
      <VisuallyHidden>{t('loading')}</VisuallyHidden>
      {shape === 'page' ? <Skeleton height={28} width="40%" radius="md" /> : null}
      {places.map((place) => (
        <Skeleton key={place} height={shape === 'cards' ? 190 : shape === 'rows' ? 56 : 72} radius="lg" />
      ))}
    </div>
  )
}
