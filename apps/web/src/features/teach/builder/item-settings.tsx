import type { OutlineUnit } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { query } from '../../../api.ts'
import { SideSheet } from '../../../ui/dialog.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { ItemSettingsForm } from './item-settings-form.tsx'

interface Props {
  readonly itemId: string
  readonly units: readonly OutlineUnit[]
  readonly onClose: () => void
}

/** Settings of an item beside the outline; they save themselves. */
export function ItemSettings({ itemId, units, onClose }: Props) {
  const { t } = useTranslation('teach')
  const queryClient = useQueryClient()
  // Asked anew each time: the version decides what may be changed.
  const { data, error, refetch, isFetching } = useQuery({
    ...query('course', 'getItem', { itemId }),
    staleTime: 0,
    gcTime: 0
  })
  const close = () => {
    void queryClient.invalidateQueries({ queryKey: ['getCourseHome'] })
    onClose()
  }
  return (
    <SideSheet
      opened
      onClose={close}
      title={<bdi>{data?.title ?? t('itemSettings.title')}</bdi>}
      footer={<Button onClick={close}>{t('itemSettings.done')}</Button>}
    >
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data && !isFetching ? (
        <ItemSettingsForm key={data.id} item={data} units={units} />
      ) : error ? null : (
        <Loading shape="rows" />
      )}
    </SideSheet>
  )
}
