import type { Course, CourseHome } from '@lyceum/course/contract'
import { Button } from '@mantine/core'
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs'
import IconInfoCircle from '@tabler/icons-react/dist/esm/icons/IconInfoCircle.mjs'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { whileSaving } from '../../../ui/saving.ts'
import { shortTime } from '../../../ui/time-words.ts'
import { showToast } from '../../../ui/toast.ts'
import { useViewer } from '../../../ui/viewer.tsx'
import classes from './aside.module.css'
import { checkOutline } from './checks.ts'

interface Props {
  readonly home: CourseHome
  readonly onClose: () => void
}

/** Before a course opens: what learners will see, and what is missing. Before it closes: what that means. */
export function PublishDialog({ home, onClose }: Props) {
  const { t, i18n } = useTranslation('teach')
  const { t: ui } = useTranslation('ui')
  const { timeZone } = useViewer()
  const queryClient = useQueryClient()
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()
  const { course, units } = home
  const isOpen = course.status === 'published'
  const findings = isOpen ? [] : checkOutline(course, units, new Date())
  const visible = units
    .map((unit) => unit.items.filter((item) => item.published && item.kind !== 'heading').length)
    .filter((count) => count > 0)
  const later = course.startsAt !== null && course.startsAt > new Date().toISOString() ? course.startsAt : undefined

  const act = async (work: (input: { courseId: string }) => Promise<Course>) => {
    setPending(true)
    setError(undefined)
    try {
      await whileSaving(work({ courseId: course.id }))
      await queryClient.invalidateQueries({ queryKey: ['getCourseHome'] })
      void queryClient.invalidateQueries({ queryKey: ['listCourses'] })
      void queryClient.invalidateQueries({ queryKey: ['getDashboard'] })
      showToast(t(isOpen ? 'publish.closed' : 'publish.opened', { title: course.title }), { tone: 'good' })
      onClose()
    } catch (fault) {
      setError(fault)
      setPending(false)
    }
  }

  return (
    <Dialog
      opened
      onClose={onClose}
      title={t(isOpen ? 'publish.closeTitle' : 'publish.title', { title: course.title })}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button
            data-autofocus
            loading={pending}
            onClick={() => void act(isOpen ? api.course.unpublishCourse : api.course.publishCourse)}
          >
            {t(isOpen ? 'publish.close' : 'publish.open')}
          </Button>
        </>
      }
    >
      <ProblemAlert error={error} />
      {isOpen ? (
        <p>{t('publish.closeWords')}</p>
      ) : (
        <>
          <p>
            {visible.length === 0
              ? t('publish.seeNothing')
              : t('publish.see', {
                  items: t('publish.items', { count: visible.reduce((sum, count) => sum + count, 0) }),
                  units: t('publish.units', { count: visible.length })
                })}{' '}
            {later ? t('publish.later', { at: shortTime(new Date(later), i18n.language, timeZone) }) : null}
          </p>
          {findings.length > 0 ? (
            <>
              <h3 className={classes.small}>{t('publish.missing')}</h3>
              <ul className={classes.findings}>
                {findings.map((finding) => {
                  const Icon = finding.weight === 'stop' ? IconAlertTriangle : IconInfoCircle
                  return (
                    <li key={`${finding.code} ${finding.itemId ?? finding.unitId ?? ''}`} data-weight={finding.weight}>
                      <Icon size={18} role="img" aria-label={t(`checks.weight.${finding.weight}`)} />
                      <span>
                        {finding.itemId || finding.unitId ? <strong dir="auto">{finding.title}</strong> : null}
                        <span>{t(`checks.code.${finding.code}`, { count: finding.count ?? 1 })}</span>
                      </span>
                    </li>
                  )
                })}
              </ul>
            </>
          ) : null}
        </>
      )}
    </Dialog>
  )
}
