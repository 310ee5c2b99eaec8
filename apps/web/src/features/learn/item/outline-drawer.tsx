import type { CourseHome } from '@lyceum/course/contract'
import IconLayoutSidebarLeftCollapse from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebarLeftCollapse.mjs'
import IconListTree from '@tabler/icons-react/dist/esm/icons/IconListTree.mjs'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { path } from '../../../path.ts'
import { useLens } from '../../../shell/lens.tsx'
import { ProgressBar } from '../../../ui/progress.tsx'
import { ItemMark } from '../outline/item-mark.tsx'
import { KindIcon } from '../outline/kind-icon.tsx'
import { unitProgress } from '../outline/outline.ts'
import { useReader } from '../outline/use-reader.ts'
import classes from './outline-drawer.module.css'

const CLOSED = 'lyceum.outline-closed'
const OutlineSheet = lazy(() => import('./outline-sheet.tsx'))

interface Props {
  readonly courseId: string
  /** Undefined while it is on its way; the column keeps its place. */
  readonly home: CourseHome | undefined
  readonly itemId: string
}

/** The course beside the item: a column that can be put away, a sheet on small screens. */
export function OutlineDrawer(props: Props) {
  const { t } = useReader()
  const [closed, setClosed] = useState(() => localStorage.getItem(CLOSED) === 'yes')
  const [sheet, setSheet] = useState(false)
  const put = (next: boolean) => {
    localStorage.setItem(CLOSED, next ? 'yes' : 'no')
    setClosed(next)
  }
  const { home } = props
  const at = home?.progress
  return (
    <>
      <div className={classes.strip} data-chrome>
        <button type="button" className={classes.open} onClick={() => setSheet(true)} aria-haspopup="dialog">
          <IconListTree size={22} aria-hidden />
          <span>{t('outline.title')}</span>
          {at && home.abilities.study ? (
            <span className={classes.far}>{t('unit.far', { completed: at.completed, total: at.total })}</span>
          ) : null}
        </button>
      </div>
      <aside className={classes.column} data-closed={closed || undefined} aria-label={t('outline.title')} data-chrome>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={!closed}
          onClick={() => put(!closed)}
          title={t(closed ? 'outline.show' : 'outline.hide')}
          aria-label={t(closed ? 'outline.show' : 'outline.hide')}
        >
          {closed ? (
            <IconListTree size={22} aria-hidden />
          ) : (
            <IconLayoutSidebarLeftCollapse size={22} aria-hidden className={classes.flip} />
          )}
        </button>
        {closed || !home ? null : <OutlineList {...props} home={home} />}
      </aside>
      {sheet && home ? (
        <Suspense fallback={null}>
          <OutlineSheet title={t('outline.title')} onClose={() => setSheet(false)}>
            <OutlineList {...props} home={home} onGo={() => setSheet(false)} />
          </OutlineSheet>
        </Suspense>
      ) : null}
    </>
  )
}

interface ListProps extends Props {
  readonly home: CourseHome
  readonly onGo?: () => void
}

function OutlineList({ courseId, home, itemId, onGo }: ListProps) {
  const { t } = useReader()
  const { course, units, progress, abilities } = home
  const { asLearner } = useLens(courseId)
  const studies = abilities.study || asLearner
  return (
    <div className={classes.list} data-scrolls>
      <Link to={path.course({ courseId })} className={classes.course ?? ''} onClick={onGo}>
        <bdi>{course.title}</bdi>
      </Link>
      {abilities.study && progress.total > 0 ? (
        <div className={classes.progress}>
          <ProgressBar
            completed={progress.completed}
            total={progress.total}
            label={t('progressOf', { of: course.title })}
          />
        </div>
      ) : null}
      <nav aria-label={t('outline.title')}>
        {units.map((unit) => {
          const { completed, total } = unitProgress(unit)
          return (
            <details
              key={unit.id}
              className={classes.unit}
              open={unit.items.some(({ id }) => id === itemId) || units.length < 4}
            >
              <summary>
                <span>
                  <bdi>{unit.title}</bdi>
                </span>
                {studies && total > 0 ? (
                  <span className={classes.far}>{t('unit.far', { completed, total })}</span>
                ) : null}
              </summary>
              <ul>
                {unit.items.map((item) =>
                  item.kind === 'heading' ? (
                    <li key={item.id} className={classes.heading}>
                      <bdi>{item.title}</bdi>
                    </li>
                  ) : (
                    <li key={item.id}>
                      <Link
                        to={path.item({ courseId, itemId: item.id })}
                        className={classes.link ?? ''}
                        aria-current={item.id === itemId ? 'page' : undefined}
                        ref={item.id === itemId ? bringIntoSight : null}
                        data-locked={item.lock.length > 0 || undefined}
                        onClick={onGo}
                      >
                        {studies ? <ItemMark item={item} size={18} /> : <KindIcon kind={item.kind} size={18} />}
                        <span>
                          <bdi>{item.title}</bdi>
                        </span>
                      </Link>
                    </li>
                  )
                )}
              </ul>
            </details>
          )
        })}
      </nav>
    </div>
  )
}

/** Scrolls the list alone: the page has its own place to be at. */
function bringIntoSight(link: HTMLElement | null): void {
  const list = link?.closest('[data-scrolls]')
  if (!link || !list) return
  const hidden = link.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom
  if (hidden > 0) list.scrollTop += hidden + list.clientHeight / 3
}
