import type { OutlineItem } from '@lyceum/course/contract'
import { Button, CloseButton } from '@mantine/core'
import IconArrowsMove from '@tabler/icons-react/dist/esm/icons/IconArrowsMove.mjs'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs'
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs'
import { useTranslation } from 'react-i18next'
import { useBuilder } from './builder-context.ts'
import classes from './outline.module.css'

interface Props {
  readonly all: readonly OutlineItem[]
  readonly chosen: readonly OutlineItem[]
  readonly onSelect: (ids: ReadonlySet<string>) => void
  readonly onClear: () => void
}

/** What can be done to several items at once. */
export function BulkBar({ all, chosen, onSelect, onClear }: Props) {
  const { t } = useTranslation('teach')
  const { edits, open } = useBuilder()
  const none = chosen.length === 0
  const act = (work: () => Promise<unknown>) => {
    onClear()
    void work()
  }
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('bulk.label')}>
      <strong role="status">{t('bulk.selected', { count: chosen.length })}</strong>
      {chosen.length < all.length ? (
        <Button variant="subtle" size="compact-md" onClick={() => onSelect(new Set(all.map(({ id }) => id)))}>
          {t('bulk.all')}
        </Button>
      ) : null}
      <div className={classes.bulkActions}>
        <Button
          variant="default"
          size="sm"
          disabled={none}
          leftSection={<IconEye size={18} aria-hidden />}
          onClick={() => act(() => edits.publish(chosen, true))}
        >
          {t('bulk.publish')}
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={none}
          leftSection={<IconEyeOff size={18} aria-hidden />}
          onClick={() => act(() => edits.publish(chosen, false))}
        >
          {t('bulk.unpublish')}
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={none}
          leftSection={<IconArrowsMove size={18} aria-hidden />}
          onClick={() => open({ kind: 'move', items: chosen })}
        >
          {t('bulk.move')}
        </Button>
        <Button
          variant="default"
          size="sm"
          disabled={none}
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => act(() => edits.remove(chosen))}
        >
          {t('bulk.delete')}
        </Button>
      </div>
      <CloseButton aria-label={t('bulk.end')} onClick={onClear} />
    </div>
  )
}
