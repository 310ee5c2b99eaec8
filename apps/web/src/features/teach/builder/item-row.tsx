import { useSortable } from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import type { OutlineItem } from '@lyceum/course/contract'
import { Checkbox } from '@mantine/core'
import '@mantine/core/styles/Checkbox.css'
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import IconEyeOff from '@tabler/icons-react/dist/esm/icons/IconEyeOff.mjs'
import IconGripVertical from '@tabler/icons-react/dist/esm/icons/IconGripVertical.mjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { shortTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { KindIcon } from '../item-kind.tsx'
import { useBuilder } from './builder-context.ts'
import { useCompletionWords } from './completion-words.ts'
import { ItemMenu } from './item-menu.tsx'
import classes from './outline.module.css'
import { RowTitle } from './row-title.tsx'
import { handleId } from './use-moving.ts'

/** One item of an outline that is being edited. */
export function ItemRow({ item }: { readonly item: OutlineItem }) {
  const { t } = useTranslation('teach')
  const { courseId, edits, open, selected, select, selecting, movingId, beginMoving } = useBuilder()
  const [renaming, setRenaming] = useState(false)
  const sortable = useSortable({ id: item.id, data: { kind: 'item' }, transition: null })
  const isSelected = selected.has(item.id)

  return (
    <li
      ref={sortable.setNodeRef}
      className={classes.item}
      style={{ transform: CSS.Translate.toString(sortable.transform) }}
      data-kind={item.kind}
      data-draft={!item.published || undefined}
      data-selected={isSelected || undefined}
      data-dragging={sortable.isDragging || undefined}
      data-moving={movingId === item.id || undefined}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement && event.target.type === 'text') return
        if (movingId || event.ctrlKey || event.metaKey || event.altKey) return
        if (event.key === 'm' || event.key === 'M') {
          event.preventDefault()
          beginMoving(item.id)
        }
        if (event.key === 'F2') setRenaming(true)
      }}
    >
      <button
        type="button"
        id={handleId(item.id)}
        ref={sortable.setActivatorNodeRef}
        {...sortable.listeners}
        className={classes.handle}
        aria-label={t('move.handle', { title: item.title })}
        aria-describedby="move-help"
        aria-pressed={movingId === item.id}
        // Space and Enter; a mouse drags instead.
        onClick={(event) => event.detail === 0 && movingId === undefined && beginMoving(item.id)}
      >
        <IconGripVertical size={20} aria-hidden />
      </button>
      <span className={classes.check} data-shown={selecting || selected.size > 0 || undefined}>
        <Checkbox
          aria-label={t('builder.select', { title: item.title })}
          checked={isSelected}
          onChange={(event) => select(item.id, event.currentTarget.checked)}
        />
      </span>
      <span className={classes.icon}>
        <KindIcon kind={item.kind} />
      </span>
      <div className={classes.words}>
        <RowTitle
          title={item.title}
          editing={renaming}
          onEdit={setRenaming}
          onRename={(title) => void edits.rename(item, title)}
        >
          {item.kind === 'page' ? (
            <Link to={path.itemEdit({ courseId, itemId: item.id })} className={classes.name} dir="auto">
              {item.title}
            </Link>
          ) : (
            <button
              type="button"
              className={classes.name}
              dir="auto"
              onClick={() => open({ kind: 'item-settings', item })}
            >
              {item.title}
            </button>
          )}
        </RowTitle>
        <ItemFacts item={item} />
      </div>
      <PublishButton item={item} />
      <ItemMenu item={item} onRename={() => setRenaming(true)} />
    </li>
  )
}

function ItemFacts({ item }: { readonly item: OutlineItem }) {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const completion = useCompletionWords()
  const at = (instant: string) => shortTime(new Date(instant), i18n.language, timeZone)
  const facts = [
    ...(item.minutes === null ? [] : [t('builder.minutes', { count: item.minutes })]),
    ...(isUsual(item) ? [] : [completion(item.completion)]),
    ...(item.opensAt ? [t('builder.opens', { at: at(item.opensAt) })] : []),
    ...(item.dueAt ? [t('builder.due', { at: at(item.dueAt) })] : []),
    ...(item.requires.length > 0 ? [t('builder.requires', { count: item.requires.length })] : [])
  ]
  if (facts.length === 0) return null
  return (
    <ul className={classes.facts}>
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  )
}

/** What everybody expects of such an item needs no words in every row. */
const isUsual = ({ kind, completion }: OutlineItem): boolean =>
  kind === 'heading' ||
  (kind === 'video' ? completion.kind === 'watched' && completion.percent === 90 : completion.kind === 'open')

function PublishButton({ item }: { readonly item: OutlineItem }) {
  const { t } = useTranslation('teach')
  const { edits } = useBuilder()
  const Icon = item.published ? IconEye : IconEyeOff
  return (
    <button
      type="button"
      className={classes.publish}
      data-on={item.published || undefined}
      aria-label={t(item.published ? 'builder.unpublishItem' : 'builder.publishItem', { title: item.title })}
      onClick={() => void edits.publish([item], !item.published)}
    >
      <Icon size={18} aria-hidden />
      <span>{t(item.published ? 'builder.isPublished' : 'builder.isDraft')}</span>
    </button>
  )
}
