import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import classes from './lens.module.css'

const KEY = 'lyceum.lens'
const listeners = new Set<() => void>()

const read = (): string | null => sessionStorage.getItem(KEY)

function look(courseId: string | null): void {
  if (courseId === null) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, courseId)
  for (const listener of listeners) listener()
}

const useLensCourse = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    () => null
  )

/**
 * "View as learner" in one course. Pass `asLearner` on to `getCourseHome` and `getItem`; the bar with "Exit" appears by
 * itself and stays while the person moves within the course.
 */
export function useLens(courseId: string): { asLearner: boolean; enter: () => void; exit: () => void } {
  return { asLearner: useLensCourse() === courseId, enter: () => look(courseId), exit: () => look(null) }
}

/** Says, in colour and in words, that this is not one's own view. */
export function LensBar() {
  const { t } = useTranslation()
  const { courseId } = useParams()
  const inLens = useLensCourse()
  if (courseId === undefined || inLens !== courseId) return null
  return (
    <div className={classes.bar} role="status">
      <IconEye size={20} aria-hidden />
      <span>{t('lens.words')}</span>
      <button type="button" onClick={() => look(null)}>
        {t('lens.exit')}
      </button>
    </div>
  )
}
