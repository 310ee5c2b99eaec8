import type { OutlineItem } from '@lyceum/course/contract'
import { ActionIcon, Menu } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconArrowsMove from '@tabler/icons-react/dist/esm/icons/IconArrowsMove.mjs'
import IconCopy from '@tabler/icons-react/dist/esm/icons/IconCopy.mjs'
import IconCursorText from '@tabler/icons-react/dist/esm/icons/IconCursorText.mjs'
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs'
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs'
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs'
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { useBuilder } from './builder-context.ts'

interface Props {
  readonly item: OutlineItem
  readonly onRename: () => void
}

/** Everything that can be done to one item. */
export function ItemMenu({ item, onRename }: Props) {
  const { t } = useTranslation('teach')
  const { courseId, edits, open } = useBuilder()
  return (
    <Menu position="bottom-end" width={220} shadow="md" returnFocus>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('builder.menu', { title: item.title })}>
          <IconDots size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {item.kind === 'page' ? (
          <Menu.Item
            component={Link}
            to={path.itemEdit({ courseId, itemId: item.id })}
            leftSection={<IconPencil size={18} aria-hidden />}
          >
            {t('menu.edit')}
          </Menu.Item>
        ) : null}
        <Menu.Item leftSection={<IconCursorText size={18} aria-hidden />} onClick={onRename}>
          {t('menu.rename')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSettings size={18} aria-hidden />}
          onClick={() => open({ kind: 'item-settings', item })}
        >
          {t('menu.settings')}
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={18} aria-hidden />} onClick={() => void edits.duplicate(item)}>
          {t('menu.duplicate')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowsMove size={18} aria-hidden />}
          onClick={() => open({ kind: 'move', items: [item] })}
        >
          {t('menu.move')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="danger"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => void edits.remove([item])}
        >
          {t('menu.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
