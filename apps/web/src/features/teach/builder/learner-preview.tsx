import type { LockReason, OutlineItem } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs'
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { query } from '../../../api.ts'
import { path } from '../../../path.ts'
import { useLens } from '../../../shell/lens.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Loading } from '../../../ui/loading.tsx'
import { shortTime } from '../../../ui/time-words.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import { KindIcon } from '../item-kind.tsx'
import classes from './aside.module.css'

/** The outline as a learner who has done nothing yet would see it, beside the one being edited. */
export function LearnerPreview({ courseId }: { readonly courseId: string }) {
  const { t } = useTranslation('teach')
  const navigate = useNavigate()
  const lens = useLens(courseId)
  const { data, error, refetch } = useQuery(query('course', 'getCourseHome', { courseId, asLearner: true }))
  const enter = () => {
    lens.enter()
    navigate(path.course({ courseId }))
  }
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <Loading shape="rows" />
  return (
    <section className={classes.panel} aria-label={t('preview.title')}>
      <p className={classes.hint}>{t(data.course.status === 'published' ? 'preview.words' : 'preview.draft')}</p>
      {data.units.length === 0 ? <p className={classes.hint}>{t('preview.nothing')}</p> : null}
      <ol className={classes.preview}>
        {data.units.map((unit) => (
          <li key={unit.id}>
            <h3 dir="auto">{unit.title}</h3>
            <Locked lock={unit.lock} />
            <ol>
              {unit.items.map((item) => (
                <PreviewItem key={item.id} item={item} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
      <Button
        variant="default"
        size="sm"
        fullWidth
        leftSection={<IconExternalLink size={18} aria-hidden />}
        onClick={enter}
      >
        {t('preview.enter')}
      </Button>
    </section>
  )
}

function PreviewItem({ item }: { readonly item: OutlineItem }) {
  const locked = item.lock.length > 0
  return (
    <li data-kind={item.kind} data-locked={locked || undefined}>
      {item.kind === 'heading' ? null : <KindIcon kind={item.kind} size={17} />}
      <span dir="auto">{item.title}</span>
      <Locked lock={item.lock} />
    </li>
  )
}

function Locked({ lock }: { readonly lock: readonly LockReason[] }) {
  const words = useLockWords()
  const [reason] = lock
  if (!reason) return null
  return (
    <small className={classes.lock}>
      <IconLock size={14} aria-hidden />
      {words(reason)}
    </small>
  )
}

function useLockWords(): (reason: LockReason) => string {
  const { t, i18n } = useTranslation('teach')
  const { timeZone } = useViewer()
  const at = (instant: string) => shortTime(new Date(instant), i18n.language, timeZone)
  return (reason) => {
    switch (reason.code) {
      case 'requires-item':
        return t('lock.requires-item', { title: reason.itemTitle })
      case 'requires-unit':
        return t('lock.requires-unit', { title: reason.unitTitle, count: reason.remaining })
      case 'unit-opens-at':
        return t('lock.opens-at', { at: at(reason.at) })
      default:
        return t(`lock.${reason.code}`, { at: at(reason.at) })
    }
  }
}
