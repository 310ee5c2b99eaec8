import { SortableContext, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import type { OutlineUnit } from '@lyceum/course/contract'
import { ActionIcon, Menu } from '@mantine/core'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs'
import IconCursorText from '@tabler/icons-react/dist/esm/icons/IconCursorText.mjs'
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs'
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs'
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs'
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { shortTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { AddItem } from './add-item.tsx'
import { useBuilder } from './builder-context.ts'
import { ItemRow } from './item-row.tsx'
import classes from './outline.module.css'
import { RowTitle } from './row-title.tsx'
import { handleId } from './use-moving.ts'

interface Props {
  readonly unit: OutlineUnit
  readonly folded: boolean
  readonly onFold: (folded: boolean) => void
}

/** A unit of an outline that is being edited, with its items and the way to add more. */
export function UnitSection({ unit, folded, onFold }: Props) {
  const { t } = useTranslation('teach')
  const { edits, movingId, beginMoving } = useBuilder()
  const [renaming, setRenaming] = useState(false)
  const sortable = useSortable({ id: unit.id, data: { kind: 'unit' }, transition: null })

  return (
    <li
      ref={sortable.setNodeRef}
      className={classes.unit}
      style={{ transform: CSS.Translate.toString(sortable.transform) }}
      data-dragging={sortable.isDragging || undefined}
      data-moving={movingId === unit.id || undefined}
      onKeyDown={(event) => {
        if (!(event.target instanceof HTMLButtonElement) || !event.target.closest('[data-head]')) return
        if (movingId || event.ctrlKey || event.metaKey || event.altKey) return
        if (event.key === 'm' || event.key === 'M') {
          event.preventDefault()
          beginMoving(unit.id)
        }
        if (event.key === 'F2') setRenaming(true)
      }}
    >
      <div className={classes.unitHead} data-head>
        <button
          type="button"
          id={handleId(unit.id)}
          ref={sortable.setActivatorNodeRef}
          {...sortable.listeners}
          className={classes.handle}
          aria-label={t('move.handle', { title: unit.title })}
          aria-describedby="move-help"
          aria-pressed={movingId === unit.id}
          onClick={(event) => event.detail === 0 && movingId === undefined && beginMoving(unit.id)}
        >
          <IconGripVertical size={20} aria-hidden />
        </button>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={!folded}
          aria-label={t('builder.fold', { title: unit.title })}
          onClick={() => onFold(!folded)}
        >
          <IconChevronDown size={20} aria-hidden />
        </button>
        <div className={classes.words}>
          <RowTitle
            title={unit.title}
            editing={renaming}
            onEdit={setRenaming}
            onRename={(title) => void edits.renameUnit(unit, title)}
          >
            <h2 className={classes.unitTitle} dir="auto">
              {unit.title}
            </h2>
          </RowTitle>
          <UnitFacts unit={unit} />
        </div>
        <UnitMenu unit={unit} onRename={() => setRenaming(true)} />
      </div>
      {folded ? null : (
        <>
          <SortableContext items={unit.items.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
            <ol className={classes.items} aria-label={unit.title}>
              {unit.items.map((item) => (
                <ItemRow key={item.id} item={item} />
              ))}
            </ol>
          </SortableContext>
          <AddItem unit={unit} />
        </>
      )}
    </li>
  )
}

function UnitFacts({ unit }: { readonly unit: OutlineUnit }) {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const items = unit.items.filter(({ kind }) => kind !== 'heading')
  const published = items.filter((item) => item.published).length
  const minutes = items.reduce((sum, item) => sum + (item.minutes ?? 0), 0)
  return (
    <ul className={classes.facts}>
      <li>
        {items.length === 0 ? t('builder.unitEmpty') : t('builder.unitPublished', { published, count: items.length })}
      </li>
      {minutes > 0 ? <li>{t('builder.minutes', { count: minutes })}</li> : null}
      {unit.opensAt ? (
        <li>{t('builder.opens', { at: shortTime(new Date(unit.opensAt), i18n.language, timeZone) })}</li>
      ) : null}
      {unit.requires.length > 0 ? <li>{t('builder.requiresUnits', { count: unit.requires.length })}</li> : null}
    </ul>
  )
}

function UnitMenu({ unit, onRename }: { readonly unit: OutlineUnit; readonly onRename: () => void }) {
  const { t } = useTranslation('teach')
  const { edits, open } = useBuilder()
  return (
    <Menu position="bottom-end" width={240} shadow="md" returnFocus>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('builder.menu', { title: unit.title })}>
          <IconDots size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCursorText size={18} aria-hidden />} onClick={onRename}>
          {t('menu.rename')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSettings size={18} aria-hidden />}
          onClick={() => open({ kind: 'unit-settings', unit })}
        >
          {t('menu.settings')}
        </Menu.Item>
        <Menu.Item leftSection={<IconEye size={18} aria-hidden />} onClick={() => void edits.publish(unit.items, true)}>
          {t('menu.publishAll')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconEyeOff size={18} aria-hidden />}
          onClick={() => void edits.publish(unit.items, false)}
        >
          {t('menu.unpublishAll')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="danger"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => void edits.removeUnit(unit)}
        >
          {t('menu.deleteUnit')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
