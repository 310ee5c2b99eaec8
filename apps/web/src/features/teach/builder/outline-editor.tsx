import {
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  type DragOverEvent,
  DragOverlay,
  MeasuringStrategy,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors
} from '@dnd-kit/core'
import { SortableContext, verticalListSortingStrategy } from '@dnd-kit/sortable'
import type { CourseHome, OutlineItem } from '@lyceum/course/contract'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddUnit } from './add-unit.tsx'
import { applyMove, arrange, arrangementOf, type Move } from './arrangement.ts'
import { type Builder, BuilderProvider, type Opened } from './builder-context.ts'
import { BulkBar } from './bulk-bar.tsx'
import { ItemSettings } from './item-settings.tsx'
import { MoveDialog } from './move-dialog.tsx'
import classes from './outline.module.css'
import { UnitSection } from './unit-section.tsx'
import { UnitSettings } from './unit-settings.tsx'
import { useMoving } from './use-moving.ts'
import type { OutlineEdits } from './use-outline-edits.ts'

interface Props {
  readonly home: CourseHome
  readonly edits: OutlineEdits
  readonly selecting: boolean
  readonly onSelecting: (selecting: boolean) => void
  readonly folded: ReadonlySet<string>
  readonly onFold: (unitId: string, folded: boolean) => void
}

/** The outline in edit mode: drag and drop, keys, selection, and what opens in front of it. */
export function OutlineEditor({ home, edits, selecting, onSelecting, folded, onFold }: Props) {
  const { t } = useTranslation('teach')
  const courseId = home.course.id
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [opened, setOpened] = useState<Opened>()
  const titles = useMemo(
    () =>
      new Map(
        home.units.flatMap(
          (unit) => [[unit.id, unit.title], ...unit.items.map((one) => [one.id, one.title])] as [string, string][]
        )
      ),
    [home.units]
  )
  const titleOf = (id: string) => titles.get(id) ?? ''
  const order = useMemo(() => arrangementOf(home.units), [home.units])
  const sendMove = (move: Move, title: string) => void edits.move(move, t('move.done', { title }))
  const moving = useMoving({ order, titleOf, onMove: sendMove })
  const units = arrange(home.units, moving.order)
  const items = home.units.flatMap((unit) => unit.items)
  const chosen = items.filter(({ id }) => selected.has(id))

  const builder: Builder = {
    courseId,
    edits,
    selected,
    selecting,
    select: (id, on) =>
      setSelected((before) => new Set(on ? [...before, id] : [...before].filter((one) => one !== id))),
    open: setOpened,
    movingId: moving.moving?.by === 'keys' ? moving.moving.id : undefined,
    beginMoving: (id) => moving.begin(id, 'keys')
  }
  const clearSelection = () => {
    setSelected(new Set())
    onSelecting(false)
  }
  const moveItems = (chosenItems: readonly OutlineItem[], move: Move) => {
    setOpened(undefined)
    clearSelection()
    sendMove(
      move,
      chosenItems.length === 1 ? (chosenItems[0]?.title ?? '') : t('move.several', { count: chosenItems.length })
    )
  }

  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 180, tolerance: 8 } })
  )
  const dragged = moving.moving?.by === 'pointer' ? moving.moving.id : undefined
  const dragOver = ({ active, over }: DragOverEvent) => {
    if (!over || over.id === active.id) return
    const move = moveOver(moving.order, String(active.id), String(over.id))
    const next = move && applyMove(moving.order, move)
    if (next) moving.preview(next)
  }
  const dragEnd = ({ over }: DragEndEvent) => moving.end(over !== null)

  return (
    <BuilderProvider value={builder}>
      <p id="move-help" className={classes.hidden}>
        {t('move.help')}
      </p>
      {chosen.length > 0 || selecting ? (
        <BulkBar all={items} chosen={chosen} onSelect={setSelected} onClear={clearSelection} />
      ) : null}
      <DndContext
        sensors={sensors}
        collisionDetection={collide}
        measuring={{ droppable: { strategy: MeasuringStrategy.Always } }}
        // What is said about moving is said by the keys' way of moving, in the reader's language.
        accessibility={{
          screenReaderInstructions: { draggable: t('move.help') },
          announcements: { onDragStart: silent, onDragOver: silent, onDragEnd: silent, onDragCancel: silent }
        }}
        onDragStart={({ active }) => moving.begin(String(active.id), 'pointer')}
        onDragOver={dragOver}
        onDragEnd={dragEnd}
        onDragCancel={() => moving.end(false)}
      >
        <SortableContext items={units.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
          <ol className={classes.units} onKeyDown={moving.onKeyDown} data-dragging={dragged ? true : undefined}>
            {units.map((unit) => (
              <UnitSection
                key={unit.id}
                unit={unit}
                folded={folded.has(unit.id)}
                onFold={(fold) => onFold(unit.id, fold)}
              />
            ))}
          </ol>
        </SortableContext>
        <DragOverlay dropAnimation={null}>
          {dragged ? <div className={classes.dragged}>{titleOf(dragged)}</div> : null}
        </DragOverlay>
      </DndContext>
      <AddUnit edits={edits} number={units.length + 1} />

      {opened?.kind === 'item-settings' ? (
        <ItemSettings
          key={opened.item.id}
          itemId={opened.item.id}
          units={home.units}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
      {opened?.kind === 'unit-settings' ? (
        <UnitSettings
          key={opened.unit.id}
          unitId={opened.unit.id}
          units={home.units}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
      {opened?.kind === 'move' ? (
        <MoveDialog
          units={home.units}
          items={opened.items}
          onMove={(move) => moveItems(opened.items, move)}
          onClose={() => setOpened(undefined)}
        />
      ) : null}
    </BuilderProvider>
  )
}

const silent = () => undefined

/** Units are dropped among units; items among items, and into units that have none. */
const collide: CollisionDetection = (given) => {
  const kind = given.active.data.current?.kind
  const droppableContainers = given.droppableContainers.filter(({ data }) =>
    kind === 'unit' ? data.current?.kind === 'unit' : true
  )
  if (kind === 'unit') return closestCenter({ ...given, droppableContainers })
  const under = pointerWithin({ ...given, droppableContainers })
  const items = under.filter(({ data }) => data?.droppableContainer?.data.current?.kind === 'item')
  return items.length > 0 ? items : under
}

/** Where the dragged goes when it is over something: takes the place of an item, or the end of a unit. */
function moveOver(order: ReturnType<typeof arrangementOf>, id: string, overId: string): Move | undefined {
  const unitIds = order.map(({ unitId }) => unitId)
  if (unitIds.includes(id)) {
    const to = unitIds.indexOf(overId)
    const others = unitIds.filter((one) => one !== id)
    return to < 0 ? undefined : { kind: 'unit', id, after: others[to - 1] ?? null }
  }
  const overUnit = order.find(({ unitId, itemIds }) => unitId === overId || itemIds.includes(overId))
  if (!overUnit) return undefined
  const at = overUnit.itemIds.indexOf(overId)
  if (at < 0 && overUnit.itemIds.includes(id)) return undefined
  const others = overUnit.itemIds.filter((one) => one !== id)
  const after = at < 0 ? (others.at(-1) ?? null) : (others[at - 1] ?? null)
  return { kind: 'items', ids: [id], unitId: overUnit.unitId, after }
}
